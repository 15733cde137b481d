// lazaret account: who may log in over IMAP.
import { Command, Option } from 'commander'
import type { Tier } from '../../mail.ts'
import { colors, count, table, when } from '../output.ts'
import { readPassword } from '../secret.ts'
import { act } from '../action.ts'

const TIERS: Tier[] = ['super-admin', 'domain', 'address']

interface AddOptions {
  tier?: Tier
  passwordStdin?: boolean
}

export function account(): Command {
  const command = new Command('account').description(
    'accounts: an address, a domain, or a super-admin',
  )
  command
    .command('add <name>')
    .description('create an account and ask for its password')
    .addOption(
      new Option(
        '--tier <tier>',
        'what it sees; without it, the name tells: address with an @, domain with a dot, else super-admin',
      ).choices(TIERS),
    )
    .option('--password-stdin', 'read the password from stdin instead of asking')
    .addHelpText(
      'after',
      `
Examples:
  lazaret account add admin
  lazaret account add example.com
  lazaret account add user@example.com --password-stdin < password.txt`,
    )
    .action(
      act<AddOptions, [string]>(
        async ({ verbs }, { tier, passwordStdin = false }, name) => {
          const password = await readPassword(passwordStdin)
          const made = await verbs.accounts.add(name, tier ?? tierOf(name), password)
          return { value: made, text: `Added the ${made.tier} account ${made.name}.` }
        },
        { creates: true },
      ),
    )
  command
    .command('passwd <name>')
    .description('set a new password')
    .option('--password-stdin', 'read the password from stdin instead of asking')
    .action(
      act<AddOptions, [string]>(async ({ verbs }, { passwordStdin = false }, name) => {
        await verbs.accounts.setPassword(name, await readPassword(passwordStdin))
        return { value: { name }, text: `The password of ${name} is changed.` }
      }),
    )
  command
    .command('list')
    .description('all accounts')
    .action(
      act<object, []>(async ({ verbs }) => {
        const accounts = verbs.accounts.list()
        const rows = accounts.map(({ name, tier, created }) => [name, tier, when(created)])
        return {
          value: accounts,
          text:
            rows.length === 0
              ? 'There are no accounts yet; `lazaret account add NAME` makes one.'
              : `${table([['name', 'sees', 'created (UTC)'], ...rows])}\n${colors.dim(count(rows.length, 'account'))}`,
        }
      }),
    )
  command
    .command('remove <name>')
    .description('remove an account; its mail stays in the quarantine')
    .action(
      act<object, [string]>(async ({ verbs }, _options, name) => {
        await verbs.accounts.remove(name)
        return { value: { name }, text: `Removed the account ${name}.` }
      }),
    )
  return command
}

function tierOf(name: string): Tier {
  if (name.includes('@')) return 'address'
  return name.includes('.') ? 'domain' : 'super-admin'
}
