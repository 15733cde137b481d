// lazaret token: what programs that use the Software API log in with.
import { Command, Option } from 'commander'
import { TOKEN_SCOPES, type ApiToken, type TokenScope } from '../../quarantine/verbs/tokens.ts'
import { shownToken } from '../../quarantine/verbs/shown.ts'
import { act } from '../action.ts'
import { Usage } from '../errors.ts'
import { wholeNumber } from '../numbers.ts'
import { clean, colors, count, table, when } from '../output.ts'

const HEAD = ['id', 'account', 'name', 'may', 'ends (UTC)', 'last use (UTC)', 'from']

export function token(): Command {
  const command = new Command('token').description('tokens of programs for the Software API')
  command
    .command('add <account> <name>')
    .description('make one and show it: it is not shown again')
    .addOption(
      new Option('--may <scope>', 'what its bearer may do').choices(TOKEN_SCOPES).default('read'),
    )
    .option('--days <n>', 'days until it is over', '90')
    .addHelpText(
      'after',
      `
It acts as its account: read; act also changes mail, lists and settings; admin does all that the
account may; report tells of classification errors of another server and does nothing else.

Examples:
  lazaret token add admin prometheus --may read --days 365
  lazaret token add admin mx.example.com --may report`,
    )
    .action(
      act<{ may: TokenScope; days: string }, [string, string]>(
        async ({ verbs }, { may, days }, account, name) => {
          const lasts = wholeNumber('--days', days)
          const made = await verbs.tokens.make({ account, name, may, days: lasts })
          return {
            value: { ...shownToken(made), secret: made.secret },
            text: `${made.secret}\n${colors.dim(`The token '${clean(made.name)}' of ${clean(made.account)} may ${may} until ${when(made.expires)} UTC: it is not shown again.`)}`,
          }
        },
      ),
    )
  command
    .command('list')
    .description('which there are, and when each was used')
    .action(
      act<object, []>(({ verbs }) => {
        const tokens = verbs.tokens.list()
        const text =
          tokens.length === 0
            ? 'There are no tokens.'
            : `${table([HEAD, ...tokens.map(row)], [0])}\n${colors.dim(count(tokens.length, 'token'))}`
        return Promise.resolve({ value: tokens.map(shownToken), text })
      }),
    )
  command
    .command('revoke <id>')
    .description('take one back: it is good for nothing from now on')
    .action(
      act<object, [string]>(async ({ verbs }, _options, id) => {
        if (!/^[1-9]\d{0,9}$/.test(id))
          throw new Usage(`'${id}' is no number; lazaret token list shows the numbers of tokens`)
        await verbs.tokens.withdraw(Number(id))
        return { value: { id: Number(id) }, text: `The token ${id} is revoked.` }
      }),
    )
  return command
}

const row = ({ id, account, name, may, expires, lastUse }: ApiToken): string[] => [
  String(id),
  clean(account),
  clean(name),
  may,
  when(expires),
  lastUse ? when(lastUse.at) : 'never',
  lastUse ? lastUse.network : '',
]
