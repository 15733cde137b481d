// A gateway to be attacked: Haraka with the filter and the IMAP server, accounts, and mail that is caught.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, startHaraka, type Running } from '../harness/haraka.ts'
import { asData, send, type Letter } from '../phases/gateway/load.ts'

export const PASSWORD = 'correct-horse-battery'
export const ATTACKER = 'attacker@example.com'
export const NEIGHBOUR = 'neighbour@example.com'
const CONNECTIONS = 8

export interface Victim extends Running {
  readonly imap: number
  readonly dir: string
  /** Runs the `lazaret` command of the package that is attacked. */
  lazaret(args: readonly string[], input?: string): void
  /** Sends mail that is caught for the attacker. */
  fill(messages: Iterable<string>): Promise<void>
}

/** `home`: the package to attack, built. */
export async function startVictim(dir: string, home: string): Promise<Victim> {
  const imap = await freePort()
  mkdirSync(join(dir, 'lazaret'), { mode: 0o700 })
  const lazaret = (args: readonly string[], input = ''): void => {
    const bin = join(home, 'dist/plugin/cli/index.js')
    const all = [bin, '--data', join(dir, 'lazaret'), ...args]
    const { status, stderr } = spawnSync(process.execPath, all, { input, encoding: 'utf8' })
    if (status !== 0) throw new Error(`lazaret ${args.join(' ')}: ${stderr}`)
  }
  for (const name of [ATTACKER, NEIGHBOUR])
    lazaret(['account', 'add', name, '--password-stdin'], `${PASSWORD}\n`)
  lazaret(['list', 'add', '*@spam.example', '--block'])
  const haraka = await startHaraka({
    dir,
    package: home,
    imap,
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'bench_discard'],
    nodes: 0,
    ini: `[main]\nbase_model = no\n[imap]\nhost = 127.0.0.1\ntls_port = ${imap}\nstarttls_port = 0\n`,
    profiles: null,
    log: join(dir, 'log'),
  })
  return {
    ...haraka,
    imap,
    dir,
    lazaret,
    fill: async (messages) => {
      const letters: Letter[] = []
      for (const text of messages)
        letters.push({
          sender: 'a@spam.example',
          recipient: ATTACKER,
          data: asData(Buffer.from(text, 'latin1')),
        })
      await send(haraka.port, letters, CONNECTIONS)
    },
  }
}
