// Phase imap: Lazaret's IMAP server, beside Dovecot where that is installed.
import { benchImap } from './measure.ts'
import type { Comparison } from './comparison.ts'
import { FULL, QUICK } from './sizes.ts'
import { benchSelect } from './growth.ts'
import type { Phase } from '../../harness/phase.ts'
import { emptyPhase, measure, type PhaseResult } from '../../harness/result.ts'

export const imap: Phase = {
  name: 'imap',
  describe: 'logins, lists, bodies, moves, idle connections; Dovecot beside it where installed',
  run: async ({ quick, profile, tell }) => {
    const found = await benchImap(quick ? QUICK : FULL, { profile, tell })
    const { ratios, comparisons, profiles, skipped } = found
    const result = { ...emptyPhase('imap'), profiles }
    if (skipped) result.skipped.push(skipped)
    for (const row of comparisons) add(result, row)
    for (const [name, ratio] of Object.entries(ratios))
      if (ratio !== null) result.ratios[`${name}: times as good as Dovecot`] = ratio
    if (quick) {
      result.skipped.push('SELECT of a million items (not in --quick)')
      return result
    }
    const { small, large, timeRatio } = await benchSelect()
    for (const { items, ms, kib } of [small, large])
      result.measures.push(
        measure(`super-admin's SELECT of ${items} items`, 'ms', [ms], { better: 'less' }),
        measure(`memory of that session, ${items} items`, 'KiB', [kib], {
          better: 'less',
          bound: 'none',
        }),
      )
    result.plots.push({
      title: "Growth with items: a super-admin's SELECT",
      x: { label: 'items in the folder', log: true },
      y: { label: 'ms', log: true },
      series: [{ name: 'SELECT', points: [small, large].map(({ items, ms }) => [items, ms]) }],
    })
    result.ratios["super-admin's SELECT: most items / fewest"] = timeRatio
    return result
  },
}

function add(result: PhaseResult, { name, unit, less, lazaret, dovecot }: Comparison): void {
  for (const [who, samples] of [['Lazaret', lazaret] as const, ['Dovecot', dovecot] as const])
    if (samples) {
      const one = measure(`${who}: ${name}`, unit, samples, {
        better: less ? 'less' : 'more',
        bound: unit === 'KiB each' ? 'none' : 'cpu',
      })
      result.measures.push(one)
    }
}
