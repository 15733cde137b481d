// lazaret stats: how much came, what was done with it, and how often that was wrong.
import { Command } from 'commander'
import type { Figures } from '../../quarantine/verbs/stats.ts'
import { scopeName, tell } from '../../scope.ts'
import { act, ownScope } from '../action.ts'
import { count, table } from '../output.ts'

interface Options {
  scope?: string
  from?: string
  to?: string
}

export function stats(): Command {
  return new Command('stats')
    .description('how much mail came, what was done with it, and how often that was wrong')
    .option('--scope <scope>', 'an address, a domain, or "global" (default: all that is seen)')
    .option('--from <day>', 'the first day (UTC), such as 2026-11-01 (default: 30 days)')
    .option('--to <day>', 'the last day (UTC); today unless given')
    .addHelpText(
      'after',
      `
Wrong: held, and somebody said that it was no spam. Missed: delivered, and somebody said that it
was. Of an address that has an account the last 35 days are known, of a domain and of all 400.

Examples:
  lazaret stats
  lazaret stats --scope example.com --from 2026-11-01 --to 2026-11-30 --json`,
    )
    .action(
      act<Options, []>(async ({ verbs }, { scope: text, from, to }) => {
        const scope = ownScope(verbs, text)
        const found = await verbs.stats.byDay(scope, {
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
        })
        const senders = await verbs.stats.senders(scope, 5)
        const days = found.days.filter(
          ({ messages, ...rest }) =>
            messages.length > 0 ||
            Object.values(rest).some((one) => typeof one === 'number' && one > 0),
        )
        const rows = [
          ...days.map(({ day, ...one }) => [day, ...cells(one)]),
          ['all', ...cells(found.total)],
        ]
        const top = senders.map((one) => `  ${count(one.count, 'message')}: ${one.sender}`)
        return {
          value: { ...found, scope: scopeName(found.scope), senders },
          text: [
            days.length === 0
              ? `Nothing was counted of ${tell(found.scope)} in these days.`
              : table([HEAD, ...rows], HEAD.map((_, at) => at).slice(1)),
            ...(top.length > 0 ? ['', 'Most of what is caught now is from', ...top] : []),
          ].join('\n'),
        }
      }),
    )
}

const HEAD = [
  'day',
  'delivered',
  'unsure',
  'held',
  'rejected',
  'released',
  'failed',
  'lessons',
  'wrong',
  'missed',
]

function cells(figures: Figures): string[] {
  const { messages } = figures
  const sum = (wanted: Partial<Figures['messages'][number]>): number =>
    messages
      .filter((one) =>
        Object.entries(wanted).every(([key, value]) => one[key as 'class'] === value),
      )
      .reduce((all, one) => all + one.count, 0)
  return [
    sum({ action: 'delivered' }),
    sum({ action: 'delivered', class: 'unsure' }),
    figures.caught,
    sum({ action: 'rejected' }),
    figures.released,
    figures.failed,
    figures.ham + figures.spam,
    figures.caughtWrongly,
    figures.missed,
  ].map(String)
}
