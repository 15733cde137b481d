// --dry-run: what a change would do to mail on hand, instead of the change.
import { tellWhatIf, type WhatIf } from '../quarantine/verbs/what-if.ts'
import { clean, table, type Answer } from './output.ts'

export const DRY_RUN = 'tell what it would do to mail on hand, and change nothing'

/** `more`: sentences in front. */
export function shownWhatIf(effect: WhatIf, more: readonly string[] = []): Answer {
  const lines = [...more, tellWhatIf(effect), 'Nothing was changed.']
  if (effect.examples.length > 0) {
    const rows = effect.examples.map((one) => [
      String(one.id),
      one.score.toFixed(3),
      `${one.before} -> ${one.after}`,
      one.label ?? '',
      clean(one.from).slice(0, 40),
      clean(one.subject).slice(0, 50),
    ])
    lines.push(table([['item', 'score', 'class', 'known', 'from', 'subject'], ...rows], [0, 1]))
  }
  return { value: { dryRun: true, ...effect }, text: lines.join('\n') }
}
