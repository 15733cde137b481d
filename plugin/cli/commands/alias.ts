// lazaret alias: further addresses of an account, further names of a domain.
import { Command } from 'commander'
import { tellEstate } from '../../quarantine/verbs/accounts.ts'
import { shownAlias } from '../../quarantine/verbs/shown.ts'
import { act } from '../action.ts'
import { clean, colors, count, table } from '../output.ts'

export function alias(): Command {
  const command = new Command('alias').description(
    'aliases: whose mail that of an address or a domain is',
  )
  command
    .command('add <alias> <account>')
    .description(
      'mail of an address belongs to another address, that of a domain to another domain',
    )
    .addHelpText(
      'after',
      `
Lists and settings of the account count for its aliases, and one logs in by either name. It holds
from the next message on: what the alias has until now stays where it is, and is seen by the
administrators. A release goes to the address that the sender wrote.

Examples:
  lazaret alias add info@example.com user@example.com
  lazaret alias add example.net example.com`,
    )
    .action(
      act<object, [string, string]>(async ({ verbs }, _options, name, account) => {
        const made = await verbs.aliases.add(name, account)
        const left = verbs.accounts.estate(made.name)
        const old = tellEstate(made.name, left)
        const stays = old ? `\n${clean(old)} They stay there, and do not go over.` : ''
        return {
          value: { ...shownAlias(made), left },
          text: `Mail of ${clean(made.name)} belongs to ${clean(made.owner)} from now on.${stays}`,
        }
      }),
    )
  command
    .command('list')
    .description('all aliases')
    .action(
      act<object, []>(async ({ verbs }) => {
        const aliases = verbs.aliases.list()
        const rows = aliases.map(({ name, owner }) => [clean(name), clean(owner)])
        return {
          value: aliases.map(shownAlias),
          text:
            rows.length === 0
              ? 'There are no aliases.'
              : `${table([['alias', 'account'], ...rows])}\n${colors.dim(count(rows.length, 'alias', 'aliases'))}`,
        }
      }),
    )
  command
    .command('remove <alias>')
    .description('its mail is its own again; what came by it stays with the account')
    .action(
      act<object, [string]>(async ({ verbs }, _options, name) => {
        const gone = await verbs.aliases.remove(name)
        return {
          value: shownAlias(gone),
          text: `${clean(gone.name)} is no alias of ${clean(gone.owner)} any more.`,
        }
      }),
    )
  return command
}
