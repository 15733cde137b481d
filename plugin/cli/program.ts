// The command `lazaret`: its groups, and what they have in common.
import { Command } from 'commander'
import { EXIT_TEXTS } from './errors.ts'
import { account } from './commands/account.ts'
import { alias } from './commands/alias.ts'
import { audit } from './commands/audit.ts'
import { backup, check, restore } from './commands/backup.ts'
import { bench } from './commands/bench.ts'
import { cluster } from './commands/cluster.ts'
import { completion } from './commands/completion.ts'
import { digest } from './commands/digest.ts'
import { doctor, status } from './commands/doctor.ts'
import { domain } from './commands/domain.ts'
import { evaluation } from './commands/eval.ts'
import { item } from './commands/item/index.ts'
import { lessons } from './commands/lessons.ts'
import { list } from './commands/list.ts'
import { model } from './commands/model.ts'
import { report } from './commands/report.ts'
import { score } from './commands/score.ts'
import { settings } from './commands/settings.ts'
import { stats } from './commands/stats.ts'
import { token } from './commands/token.ts'
import { train } from './commands/train.ts'

/** One entry a group: a function that makes its command. */
export const GROUPS: readonly (() => Command)[] = [
  status,
  doctor,
  account,
  alias,
  domain,
  token,
  settings,
  list,
  item,
  digest,
  score,
  train,
  lessons,
  model,
  evaluation,
  report,
  stats,
  audit,
  backup,
  restore,
  check,
  cluster,
  bench,
  completion,
]

export function program(version: string): Command {
  const command = new Command('lazaret')
    .description('The spam filter and quarantine of this mail server')
    .version(version)
    .option('--config <dir>', 'Haraka folder or its config folder')
    .option('--data <dir>', 'data folder, instead of the one in lazaret.ini')
    .option('--as <account>', 'act as this account: with its eyes and rights, logged as you')
    .option('--json', 'print one JSON value')
    .addHelpText(
      'after',
      `
The Haraka folder is --config, else $HARAKA, else the current folder when it is one, else that of
the local gateway (npm start) in ./var. Haraka may be running: a change holds from the next message
on, in every worker.

Exit codes:
${EXIT_TEXTS.map(([code, text]) => `  ${code}  ${text}`).join('\n')}

Examples:
  lazaret account add user@example.com
  lazaret settings set action tag --scope example.com
  lazaret list add '*@spam.com' --block`,
    )
  for (const group of GROUPS) command.addCommand(group())
  forEach(command, (one) => {
    one.exitOverride().allowExcessArguments(false)
    // The answer to a wrong command line is printed in one place, for people or as JSON.
    one.configureOutput({ outputError: () => {} })
  })
  return command
}

function forEach(command: Command, change: (one: Command) => void): void {
  change(command)
  for (const sub of command.commands) forEach(sub, change)
}
