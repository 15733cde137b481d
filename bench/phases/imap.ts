// Phase imap: Lazaret's IMAP server, beside Dovecot where that is installed.
import { benchImap, benchSelect, FULL, QUICK, type Phase as Row } from '../imap.ts'
import type { Phase } from '../harness/phase.ts'
import { emptyPhase, measure, type PhaseResult } from '../harness/result.ts'

export const imap: Phase = {
  name: 'imap',
  describe: 'logins, lists, bodies, moves, idle connections; Dovecot beside it where installed',
  run: async ({ quick, profile, tell }) => {
    const { ratios, phases, skipped } = await benchImap(quick ? QUICK : FULL, tell)
    const result = emptyPhase('imap')
    if (skipped) result.skipped.push(skipped)
    if (profile) result.skipped.push('a CPU profile: the IMAP server runs in a process of its own')
    for (const row of phases) add(result, row)
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
    result.ratios["super-admin's SELECT: most items / fewest"] = timeRatio
    return result
  },
}

function add(result: PhaseResult, { phase, unit, lazaret, dovecot }: Row): void {
  const less = unit === 'ms' || unit === 'KiB each'
  for (const [who, stat] of [['Lazaret', lazaret] as const, ['Dovecot', dovecot] as const])
    if (stat) {
      const one = measure(`${who}: ${phase}`, unit, [stat.min, stat.median, stat.max], {
        better: less ? 'less' : 'more',
        bound: unit === 'KiB each' ? 'none' : 'cpu',
      })
      result.measures.push(one)
    }
}
