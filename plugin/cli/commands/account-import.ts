// lazaret account import: accounts from a file.
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { act } from '../action.ts'
import { clean, count, table } from '../output.ts'

const SHOWN_MAX = 200

export function imports(): Command {
  return new Command('import')
    .argument('<file>', 'comma-separated values; - for stdin')
    .description('make accounts from a file: all of them, or none where a line is wrong')
    .option('--dry-run', 'only tell what would become of each line')
    .addHelpText(
      'after',
      `
The first line names the columns: name, and any of password, tier, aliases, disabled. Without a
password none is set: a server of the domain knows it, or it has app passwords. Several aliases
stand with spaces between. Accounts that are there already are left as they are.

Example:
  name,password,aliases
  user@example.com,correct horse battery,info@example.com sales@example.com
  example.com,another one,`,
    )
    .action(
      act<{ dryRun?: boolean }, [string]>(async ({ verbs }, { dryRun = false }, file) => {
        const bytes = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
        const found = await verbs.accounts.import(bytes, { dryRun })
        const told = found.lines.filter(({ result }) => result !== 'added' || dryRun)
        const rows = told
          .slice(0, SHOWN_MAX)
          .map(({ line, name, result, reason = '' }) => [
            String(line),
            clean(name),
            result,
            clean(reason),
          ])
        const rest = told.length - rows.length
        const lines = rows.length > 0 ? [table([['line', 'name', '', ''], ...rows])] : []
        if (rest > 0) lines.push(`and ${count(rest, 'line')} more; --json has all`)
        const { added, exists, wrong, done } = found
        const what = `${count(added, 'account')} ${done ? 'added' : 'would be added'}, ${exists} there already, ${wrong} wrong`
        lines.push(done ? `${what}.` : `${what}; nothing was changed.`)
        return { value: found, text: lines.join('\n'), ok: wrong === 0 }
      }),
    )
}
