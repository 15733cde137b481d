// lazaret account: who may log in over IMAP.
import { Command, Option } from 'commander'
import type { Tier } from '../../mail.ts'
import { tellEstate, type Shown } from '../../quarantine/verbs/accounts.ts'
import { clean, colors, count, sheet, table, when } from '../output.ts'
import { readPassword } from '../secret.ts'
import { shownAccount, shownWhole } from '../../quarantine/verbs/shown.ts'
import { act } from '../action.ts'
import { Usage } from '../errors.ts'
import { app } from './account-app.ts'
import { erase, exportAll, wouldGo } from './account-export.ts'
import { imports } from './account-import.ts'
import { totp } from './account-totp.ts'

const HEAD = ['name', 'sees', 'created (UTC)', 'last login (UTC)', 'locked']
const TIERS: Tier[] = ['super-admin', 'domain', 'address']

interface AddOptions {
  tier?: Tier
  passwordStdin?: boolean
  withoutPassword?: boolean
}

const WITHOUT = 'no password here: a server of its domain knows it, or app passwords are all it has'

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
        'what it sees; without it, the name tells: address with an @, domain with a dot, else the first super-admin',
      ).choices(TIERS),
    )
    .option('--password-stdin', 'read the password from stdin instead of asking')
    .option('--without-password', WITHOUT)
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
        async ({ verbs }, { tier, ...from }, name) => {
          const asked = tier ?? tierOf(name)
          if (!tier && asked === 'super-admin') needTier(verbs.accounts.list(), name)
          const password = await passwordFrom(from)
          // Before it is there: it finds a message of welcome.
          const sees = asked === 'super-admin' ? null : verbs.accounts.estate(name)
          const made = await verbs.accounts.add(name, asked, password)
          const old = sees && tellEstate(made.scope, sees)
          const told = old
            ? `\n${clean(old)} It sees them; \`lazaret account remove --purge\` takes them away.`
            : ''
          return {
            value: { ...shownAccount(made), sees },
            text: `Added the ${made.tier} account ${clean(made.name)}.${told}`,
          }
        },
        { creates: true },
      ),
    )
  command
    .command('passwd <name>')
    .description('set a new password')
    .option('--password-stdin', 'read the password from stdin instead of asking')
    .option('--without-password', WITHOUT)
    .action(
      act<AddOptions, [string]>(async ({ verbs }, from, name) => {
        await verbs.accounts.setPassword(name, await passwordFrom(from))
        const apps = verbs.accounts.apps(name).length
        const still =
          apps > 0
            ? ` ${count(apps, 'app password')} of it still work${apps === 1 ? 's' : ''}; \`lazaret account app\` revokes them.`
            : ''
        return {
          value: { name, apps },
          text: `The password of ${clean(name)} is changed.${still}`,
        }
      }),
    )
  command
    .command('list')
    .description('all accounts')
    .action(
      act<object, []>(async ({ verbs }) => {
        const accounts = verbs.accounts.list().map(({ name }) => verbs.accounts.show(name))
        const rows = accounts.map(({ name, tier, created, lastLogin, locked, disabled }) => [
          name,
          tier,
          when(created),
          lastLogin ? when(lastLogin.at) : 'never',
          disabled ? 'disabled' : locked.length > 0 ? `for ${count(locked.length, 'network')}` : '',
        ])
        return {
          value: accounts.map(shownWhole),
          text:
            rows.length === 0
              ? 'There are no accounts yet; `lazaret account add NAME` makes one.'
              : `${table([HEAD, ...rows])}\n${colors.dim(count(rows.length, 'account'))}`,
        }
      }),
    )
  command
    .command('show <name>')
    .description('an account: what it sees, its last login, who is locked out of it')
    .action(
      act<object, [string]>(async ({ verbs }, _options, name) => {
        const shown = verbs.accounts.show(name)
        return { value: shownWhole(shown), text: whole(shown) }
      }),
    )
  command
    .command('unlock <name>')
    .description('let in again who gave too many wrong passwords for an account')
    .action(
      act<object, [string]>(async ({ verbs }, _options, name) => {
        const networks = await verbs.accounts.unlock(name)
        const text =
          networks > 0
            ? `${name} was locked for ${count(networks, 'network')}, and is no more.`
            : `${name} was not locked; wrong passwords so far are forgotten.`
        return { value: { name, networks }, text }
      }),
    )
  for (const disabled of [true, false])
    command
      .command(disabled ? 'disable <name>' : 'enable <name>')
      .description(
        disabled
          ? 'let nobody log in to an account; its sessions end, its mail is kept as before'
          : 'let its owner log in to an account again',
      )
      .action(
        act<object, [string]>(async ({ verbs }, _options, name) => {
          await verbs.accounts.setDisabled(name, disabled)
          return {
            value: { name, disabled },
            text: `The account ${clean(name)} is ${disabled ? 'disabled' : 'enabled'}.`,
          }
        }),
      )
  command.addCommand(imports())
  command.addCommand(exportAll())
  command.addCommand(erase())
  command.addCommand(app())
  command.addCommand(totp())
  command
    .command('remove <name>')
    .description('remove an account; its mail stays in the quarantine')
    .option('--purge', 'take its mail, lists, settings and lessons with it, for good')
    .option('--dry-run', 'say what would go, and do nothing')
    .action(
      act<{ purge?: boolean; dryRun?: boolean }, [string]>(async ({ verbs }, options, name) => {
        const { purge = false, dryRun = false } = options
        if (dryRun) {
          const { would, ...value } = wouldGo(verbs, name)
          const text = purge ? `, with ${would}` : '; what it holds would stay'
          return {
            value: { name, dryRun, ...(purge && value) },
            text: `Would remove the account ${clean(name)}${text}.`,
          }
        }
        if (purge) {
          const gone = await verbs.accounts.purge(name)
          const text = `Removed the account ${clean(name)}, with ${count(gone.messages, 'message')}, ${count(gone.lessons, 'lesson')}, ${count(gone.masks, 'list entry', 'list entries')} and ${count(gone.settings, 'setting')}.`
          return { value: { name, gone }, text }
        }
        await verbs.accounts.remove(name)
        return { value: { name }, text: `Removed the account ${clean(name)}.` }
      }),
    )
  return command
}

function whole(shown: Shown): string {
  const { name, tier, scope, created, disabled, lastLogin, locked, apps, factor, aliases } = shown
  const from = lastLogin && `${lastLogin.network} (${lastLogin.protocol ?? 'imap'})`
  return sheet([
    ['Account', name],
    ['Sees', tier === 'super-admin' ? 'everything' : scope],
    ['Created', `${when(created)} UTC`],
    ...(disabled ? [['Disabled', 'nobody logs in to it']] : []),
    ['Last login', lastLogin ? `${when(lastLogin.at)} UTC, from ${from}` : 'never'],
    ...(factor ? [['Codes', `asked for; ${count(factor.recovery, 'recovery code')} left`]] : []),
    ...apps.map((one) => [
      'App',
      `${one.name}, ${one.lastUse ? `last used ${when(one.lastUse.at)} UTC` : 'never used'}`,
    ]),
    ...aliases.map((one) => ['Alias', one]),
    ...locked.map(({ network, until }) => ['Locked', `${network}, until ${when(until)} UTC`]),
  ])
}

/** A typing error in an address makes nobody see everything. */
function needTier(accounts: readonly { name: string; tier: Tier }[], name: string): void {
  // One that is there already is refused in other words.
  if (accounts.some((one) => one.name === name)) return
  if (accounts.some(({ tier }) => tier === 'super-admin'))
    throw new Usage(
      `'${name}' is neither an address nor a domain; a further super-admin, who sees everything, is made with --tier super-admin`,
    )
}

async function passwordFrom(from: AddOptions): Promise<string | null> {
  const { passwordStdin = false, withoutPassword = false } = from
  if (passwordStdin && withoutPassword)
    throw new Usage('--password-stdin and --without-password do not go together')
  return withoutPassword ? null : await readPassword(passwordStdin)
}

function tierOf(name: string): Tier {
  if (name.includes('@')) return 'address'
  return name.includes('.') ? 'domain' : 'super-admin'
}
