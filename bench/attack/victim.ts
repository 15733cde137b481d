// A gateway to be attacked: Haraka with the filter, IMAP and HTTP, accounts, and mail that is caught.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, startHaraka, type Running } from '../harness/haraka.ts'
import { commandOf, family } from '../harness/proc.ts'
import { asData, send, type Letter } from '../phases/gateway/load.ts'

export const PASSWORD = 'correct-horse-battery'
export const ATTACKER = 'attacker@example.com'
export const NEIGHBOUR = 'neighbour@example.com'
const CONNECTIONS = 8

export interface Victim extends Running {
  readonly imap: number
  /** 0: that build has no HTTP. */
  readonly http: number
  readonly dir: string
  /** The process that serves people; Haraka's own where that build has no other. */
  front(): number
  /** Sends mail that is caught for an account. */
  fill(account: string, messages: Iterable<string>): Promise<void>
  /** Ends all of it at once. */
  kill(): Promise<void>
}

/** A data folder with accounts in it, and their tokens by name: made once, and copied for each victim. */
export interface Template {
  readonly dir: string
  readonly home: string
  readonly tokens: ReadonlyMap<string, string>
}

/**
 * @param home the package to attack, built
 * @param bearers those of the attackers who have a token
 */
export function makeTemplate(
  dir: string,
  home: string,
  attackers: readonly string[],
  bearers = attackers,
): Template {
  mkdirSync(dir, { mode: 0o700 })
  const lazaret = (args: readonly string[], input = ''): string => {
    const bin = join(home, 'dist/plugin/cli/index.js')
    const all = [bin, '--data', dir, ...args]
    const { status, stdout, stderr } = spawnSync(process.execPath, all, { input, encoding: 'utf8' })
    if (status !== 0) throw new Error(`lazaret ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  const tokens = new Map<string, string>()
  for (const name of [NEIGHBOUR, ...attackers]) {
    lazaret(['account', 'add', name, '--password-stdin'], `${PASSWORD}\n`)
    if (hasHttp(home) && bearers.includes(name))
      tokens.set(name, lazaret(['token', 'add', name, 'attack', '--may', 'admin']).split('\n')[0])
  }
  lazaret(['list', 'add', '*@spam.example', '--block'])
  return { dir, home, tokens }
}

const hasHttp = (home: string): boolean => existsSync(join(home, 'http/package.json'))

export async function startVictim(dir: string, { dir: from, home }: Template): Promise<Victim> {
  const imap = await freePort()
  const http = hasHttp(home) ? await freePort() : 0
  cpSync(from, join(dir, 'lazaret'), { recursive: true })
  const own = http === 0 ? [] : ['lazaret/http']
  const haraka = await startHaraka({
    dir,
    package: home,
    imap,
    ...(http !== 0 && { http }),
    plugins: ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', ...own, 'bench_discard'],
    nodes: 0,
    ini: [
      '[main]\nbase_model = no',
      `[imap]\nhost = 127.0.0.1\ntls_port = ${imap}\nstarttls_port = 0`,
      // As many requests as an attacker likes: what is measured is what they cost, not that they are counted.
      http === 0 ? '' : `[http]\nport = ${http}\nrequests_per_minute = 100000`,
    ].join('\n'),
    profiles: null,
    log: join(dir, 'log'),
  })
  return {
    ...haraka,
    imap,
    http,
    dir,
    front: () =>
      family(haraka.pid).find((pid) => commandOf(pid).includes('front/main')) ?? haraka.pid,
    fill: async (account, messages) => {
      const letters: Letter[] = []
      for (const text of messages)
        letters.push({
          sender: 'a@spam.example',
          recipient: account,
          data: asData(Buffer.from(text, 'latin1')),
        })
      await send(haraka.port, letters, CONNECTIONS)
    },
    kill: async () => {
      // One that hangs would not hear of an end.
      for (const pid of family(haraka.pid)) process.kill(pid, 'SIGKILL')
      await haraka.stop()
    },
  }
}
