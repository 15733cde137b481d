// lazaret report: what central systems are still to be told.
import { Command } from 'commander'
import type { TargetShown } from '../../quarantine/report/shown.ts'
import { act } from '../action.ts'
import { clean, count, table, when } from '../output.ts'

export function report(): Command {
  return new Command('report')
    .description(
      'what central systems ([report] in lazaret.ini) are still to be told, and why not yet',
    )
    .addHelpText(
      'after',
      `
Release & Train, Not Spam and Spam are told: by mail (ARF) and to a central Lazaret. What is taken back before it
was sent is not sent; what is taken back later is set right. Exit code 1: a target does not answer.

Examples:
  lazaret report
  lazaret report --json`,
    )
    .action(
      act<object, []>(({ verbs }) => {
        const queue = verbs.reports.queue()
        return Promise.resolve({
          value: queue,
          text:
            queue.length === 0
              ? 'Nobody is told: set to or url in [report] of lazaret.ini.'
              : queue.map(shown).join('\n\n'),
          ok: queue.every(({ trouble }) => trouble === null),
        })
      }),
    )
}

function shown({ target, to, waiting, oldest, trouble, first }: TargetShown): string {
  const whom = to === null ? 'nobody (not in lazaret.ini any more)' : to
  const since = oldest === null ? '' : `, the oldest since ${when(oldest)}`
  const lines = [`By ${target} to ${clean(whom)}: ${count(waiting, 'report')} wait${since}.`]
  if (trouble)
    lines.push(
      `The last ${count(trouble.failures, 'try', 'tries')} failed: ${clean(trouble.error)}. The next is due at ${when(trouble.next)}.`,
    )
  if (first.length > 0)
    lines.push(
      table(
        [
          ['item', 'says', 'state', 'since (UTC)'],
          ...first.map((one) => [
            String(one.item),
            one.vote ?? 'taken back',
            one.state,
            when(one.since),
          ]),
        ],
        [0],
      ),
    )
  return lines.join('\n')
}
