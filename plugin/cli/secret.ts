// Passwords: asked for twice without echo on a terminal, or one line of stdin.
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Refused } from '../errors.ts'
import { Usage } from './errors.ts'

export async function readPassword(stdin: boolean): Promise<string> {
  if (stdin) return (await text(process.stdin)).replace(/\r?\n[^]*$/, '')
  if (!process.stdin.isTTY)
    throw new Usage(
      'there is no terminal to ask for the password: use --password-stdin, as in ' +
        '`printf \'%s\' "$PASSWORD" | lazaret account add NAME --password-stdin`',
    )
  const first = await ask('Password: ')
  if ((await ask('The same again: ')) !== first)
    throw new Refused('invalid', 'The two passwords differ; nothing was changed.')
  return first
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  return await new Promise((resolve, reject) => {
    let answered = false
    lines.once('line', (line) => {
      answered = true
      lines.close()
      resolve(line)
    })
    lines.once('close', () => {
      process.stderr.write('\n')
      if (!answered) reject(new Refused('invalid', 'No password was given; nothing was changed.'))
    })
  })
}
