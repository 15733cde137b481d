// lazaret account app: passwords of mail clients.
import { Command } from 'commander'
import type { AppPassword } from '../../quarantine/verbs/accounts.ts'
import { shownApp } from '../../quarantine/verbs/shown.ts'
import { act } from '../action.ts'
import { clean, colors, count, table, when } from '../output.ts'

const HEAD = ['id', 'name', 'created (UTC)', 'last use (UTC)', 'from']

export function app(): Command {
  const command = new Command('app').description('app passwords: one a mail client, for IMAP alone')
  command
    .command('add <account> <name>')
    .description('make one and show it: it is not shown again')
    .addHelpText(
      'after',
      `
It logs in over IMAP, also where the account asks for a second factor or a server of the domain
knows the password; the page and the API do not take it.

Examples:
  lazaret account app add user@example.com Phone
  lazaret account app revoke user@example.com Phone`,
    )
    .action(
      act<object, [string, string]>(async ({ verbs }, _options, account, name) => {
        const made = await verbs.accounts.addApp(account, name)
        return {
          value: { ...shownApp(made.app), password: made.password },
          text: `${made.password}\n${colors.dim(`The app password '${clean(made.app.name)}' of ${clean(account)}: it is not shown again.`)}`,
        }
      }),
    )
  command
    .command('list <account>')
    .description('which there are, and when each was used')
    .action(
      act<object, [string]>(async ({ verbs }, _options, account) => {
        const apps = verbs.accounts.apps(account)
        return {
          value: apps.map(shownApp),
          text:
            apps.length === 0
              ? `${clean(account)} has no app passwords.`
              : `${table([HEAD, ...apps.map(row)])}\n${colors.dim(count(apps.length, 'app password'))}`,
        }
      }),
    )
  command
    .command('revoke <account> <which>')
    .description('take one back, by its id or its name; the sessions that it began end')
    .action(
      act<object, [string, string]>(async ({ verbs }, _options, account, which) => {
        const gone = await verbs.accounts.revokeApp(account, which)
        return {
          value: shownApp(gone),
          text: `The app password '${clean(gone.name)}' of ${clean(account)} is revoked.`,
        }
      }),
    )
  return command
}

const row = ({ id, name, created, lastUse }: AppPassword): string[] => [
  id,
  clean(name),
  when(created),
  lastUse ? when(lastUse.at) : 'never',
  lastUse ? `${lastUse.network} (${lastUse.protocol ?? 'imap'})` : '',
]
