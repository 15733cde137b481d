// lazaret journal: who did what, and when.
import { Command } from 'commander'
import { Usage } from '../errors.ts'
import { table, when } from '../output.ts'
import { act } from '../action.ts'

interface JournalOptions {
  last: string
  since?: string
  actor?: string
}

export function journal(): Command {
  return new Command('journal')
    .description('who did what, and when: every change of the quarantine')
    .option('--last <n>', 'the last entries', '50')
    .option('--since <seq>', 'all entries after this number, instead')
    .option('--actor <name>', 'only what this account, smtp, cli or system did')
    .addHelpText(
      'after',
      `
Examples:
  lazaret journal --last 200 --actor user@example.com
  lazaret journal --since 0 --json`,
    )
    .action(
      act<JournalOptions, []>(async ({ verbs }, { last, since, actor }) => {
        const from =
          since === undefined ? verbs.seq - whole('--last', last) : whole('--since', since)
        const entries = [...verbs.history(Math.max(0, from))].filter(
          (one) => actor === undefined || one.actor === actor,
        )
        const rows = entries.map((one) => [String(one.seq), when(one.at), one.actor, one.text])
        return {
          value: entries,
          text: rows.length === 0 ? 'There are no such entries.' : table([HEAD, ...rows], [0]),
        }
      }),
    )
}

const HEAD = ['seq', 'at (UTC)', 'by', 'what']

function whole(option: string, text: string): number {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 0) throw new Usage(`${option} ${text}: give a whole number`)
  return n
}
