// lazaret digest: what an address is told of its caught mail.
import { Command } from 'commander'
import { act } from '../action.ts'
import { clean, count, table, when } from '../output.ts'

interface All {
  all?: boolean
}

const ALL = 'also what an earlier one told of'

export function digest(): Command {
  const command = new Command('digest')
    .description('what an address is told of its caught mail')
    .addHelpText(
      'after',
      `
How often, when, in which language and to where is set by the settings digest, digest_hour, digest_day,
time_zone, language and digest_to; what its links do by digest_links, and their address by [digest] url in
lazaret.ini.

Examples:
  lazaret settings set digest daily --scope example.com
  lazaret digest preview user@example.com
  lazaret digest send user@example.com`,
    )
  command
    .command('show <address>')
    .description('when it comes, what waits for it, and what became of the last one')
    .action(
      act<object, [string]>(async ({ verbs }, _options, address) => {
        const status = await verbs.digest.status(address)
        const { scope, every, next, waiting, last, note } = status
        const rows = [
          ['address', scope],
          ['digest', every],
          ['next', next === null ? '' : when(next)],
          ['waiting', count(waiting, 'message')],
          ['last', last ? `${when(last.at)}, ${count(last.items, 'message')}: ${last.state}` : ''],
          ['', last?.reply ?? ''],
        ].filter(([, text]) => text !== '')
        return {
          value: status,
          text: `${table([['what', 'value'], ...rows])}${note === null ? '' : `\n${note}`}`,
        }
      }),
    )
  command
    .command('preview <address>')
    .description('what it would be now; nothing is sent, and its links do nothing')
    .option('--all', ALL)
    .option('--html', 'the HTML of it')
    .action(
      act<All & { html?: boolean }, [string]>(async ({ verbs }, { all, html }, address) => {
        const preview = await verbs.digest.preview(address, { all })
        const lines = `Subject: ${preview.subject}\r\n\r\n${preview.text}`.split('\r\n')
        return {
          value: preview,
          text: html ? preview.html : lines.map(clean).join('\n'),
        }
      }),
    )
  command
    .command('send <address>')
    .description('send one now')
    .option('--all', ALL)
    .option('--dry-run', 'say what would be sent, and send nothing')
    .action(
      act<All & { dryRun?: boolean }, [string]>(async ({ verbs }, { all, dryRun }, address) => {
        const made = await verbs.digest.send(address, { all })
        const where = [
          ...(made.mailed ? [`by mail to ${made.scope}, once Haraka runs`] : []),
          ...(made.inbox ? ['into its INBOX here'] : []),
        ].join(' and ')
        const goes = dryRun ? 'would go' : 'goes'
        return {
          value: made,
          text: `A digest of ${count(made.items, 'message')} ${goes} ${where}.`,
        }
      }),
    )
  return command
}
