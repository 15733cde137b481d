// lazaret item raw: the message itself, octet by octet as it came.
import { writeFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { Command } from 'commander'
import { act } from '../../action.ts'
import { Usage } from '../../errors.ts'
import { wholeNumber } from '../../numbers.ts'
import { count, print } from '../../output.ts'

export function raw(): Command {
  return new Command('raw')
    .description('the message as it was received, octet by octet')
    .argument('<id>', 'an item, as lazaret item list shows it')
    .option('--output <file>', 'into a new file, instead of stdout')
    .addHelpText(
      'after',
      `
Examples:
  lazaret item raw 1234 > message.eml
  lazaret item raw 1234 --output message.eml`,
    )
    .action(
      act<{ output?: string }, [string]>(async ({ verbs, json }, { output }, id) => {
        const item = wholeNumber('item', id)
        // What is read is LMDB's until the next turn.
        const bytes = Buffer.from(verbs.items.raw(item))
        if (output !== undefined) {
          writeFileSync(output, bytes, { mode: 0o600, flag: 'wx' })
          const text = `Wrote ${count(bytes.length, 'octet')} to ${output}.`
          return { value: { item, octets: bytes.length, file: output }, text }
        }
        if (json)
          return {
            value: { item, octets: bytes.length, base64: bytes.toString('base64') },
            text: '',
          }
        // A stranger wrote it: it could command a terminal.
        if (isatty(1))
          throw new Usage(
            'this is a terminal, which a message can command: give --output FILE, or a pipe',
          )
        await print(bytes)
        return { value: null, text: '', silent: true }
      }),
    )
}
