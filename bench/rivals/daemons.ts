// The other filters' servers, started for a run with the settings they come with, and ended with it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../harness/program.ts'
import { endWithUs, freePort, listening, write } from '../harness/haraka.ts'

/** What filters in place of Lazaret, started beside its Haraka. */
export interface Daemon {
  /** Processes whose CPU time counts. */
  pids: number[]
  /** Lines for config/plugins, and files of Haraka's folder. */
  plugins: string[]
  files: Record<string, string>
  stop(): Promise<void>
}

export interface Daemons {
  missing: () => string | null
  start: (dir: string) => Promise<Daemon>
}

export const spamassassin: Daemons = {
  missing: () => (program('spamd') ? null : 'SpamAssassin: spamd is not installed'),
  start: async (dir) => {
    mkdirSync(dir, { recursive: true })
    const port = await freePort()
    // -L: no DNS, as for all others here. Two children, one a core.
    const args = ['-L', '-m', '2', '--min-children=2', '-i', '127.0.0.1', '-p', String(port)]
    const child = start('spamd', [...args, '-x', '-H', dir, '-s', 'null'])
    await listening(port, child)
    return {
      pids: [child.pid as number],
      plugins: ['spamassassin'],
      // check.*: mail from loopback is checked like any other.
      files: { 'config/spamassassin.ini': `spamd_socket=127.0.0.1:${port}\n${CHECK}` },
      stop: async () => await end(child),
    }
  },
}

const CHECK = '[check]\nauthenticated=true\nprivate_ip=true\nlocal_ip=true\nrelay=true\n'
/** Whatever it finds, the message goes on: the work is what is measured. */
const PASS = '[reject]\nspam=false\n[soft_reject]\nenabled=false\n'
const RSPAMD_CONF = '/etc/rspamd/rspamd.conf'

export const rspamd: Daemons = {
  missing: () => {
    for (const name of ['rspamd', 'redis-server'])
      if (!program(name)) return `rspamd: ${name} is not installed`
    return existsSync(RSPAMD_CONF) ? null : `rspamd: there is no ${RSPAMD_CONF}`
  },
  start: async (dir) => await startRspamd(dir),
}

/** rspamd with a redis of its own; `more`: files of its configuration. */
export async function startRspamd(
  dir: string,
  more: Record<string, string> = {},
): Promise<Daemon & { scan: string; control: string }> {
  const [port, redisPort, control] = [await freePort(), await freePort(), await freePort()]
  mkdirSync(dir, { recursive: true })
  const local = ['--port', String(redisPort), '--bind', '127.0.0.1']
  const redis = start('redis-server', [...local, '--save', '', '--dir', dir])
  await listening(redisPort, redis)
  // Stock rules. Names are asked of nobody, and nobody is waited for: this is about CPU time.
  const files = {
    'override.d/options.inc':
      'dns { nameserver = ["127.0.0.1:9"]; timeout = 10ms; retransmits = 1; }\n',
    'override.d/worker-normal.inc': `bind_socket = "127.0.0.1:${port}";\ncount = 2;\n`,
    'override.d/worker-controller.inc': `bind_socket = "127.0.0.1:${control}";\n`,
    'override.d/worker-proxy.inc': 'enabled = false;\n',
    'override.d/worker-fuzzy.inc': 'enabled = false;\n',
    'local.d/redis.conf': `servers = "127.0.0.1:${redisPort}";\n`,
    ...more,
  }
  for (const [name, text] of Object.entries(files)) write(join(dir, name), text)
  // Its workers may run as another user.
  chmodSync(dir, 0o777)
  const vars = { LOCAL_CONFDIR: dir, DBDIR: dir, RUNDIR: dir, LOGDIR: dir }
  const child = start('rspamd', [
    '-f',
    '-c',
    RSPAMD_CONF,
    '--insecure',
    ...Object.entries(vars).map(([key, value]) => `--var=${key}=${value}`),
  ])
  try {
    await listening(port, child)
    await listening(control, child)
  } catch (error) {
    await end(redis)
    throw error
  }
  return {
    pids: [child.pid as number, redis.pid as number],
    scan: `http://127.0.0.1:${port}`,
    control: `http://127.0.0.1:${control}`,
    plugins: ['rspamd'],
    files: { 'config/rspamd.ini': `host=127.0.0.1\nport=${port}\n${CHECK}${PASS}` },
    stop: async () => {
      await end(child)
      await end(redis)
    },
  }
}

function start(name: string, args: string[]): ChildProcess {
  const child = spawn(program(name) ?? name, args, { stdio: 'ignore' })
  endWithUs(child)
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}
