// The front through what Haraka does with itself: a graceful restart, and a daemon.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFailed, test } from 'vitest'
import { later, message, world } from '../gateway/world.ts'
import { WireClient } from '../imap/wire-client.ts'
import { ROOT } from '../rig/build.ts'
import { freePort, spawnHaraka } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import { tempDir } from '../tmp.ts'

const PLUGINS = ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward']
const mail = {
  from: 'a@free.example',
  to: ['user@example.com'],
  raw: message(['From: a@free.example', 'Subject: hello', '', 'hello']),
}

async function greeted(port: number): Promise<WireClient> {
  const client = await WireClient.connect(port, { tls: true })
  expect(await client.greeting()).toMatch(/^\* OK /)
  return client
}

const LISTENS = /IMAP server is listening/
const REPLACED = /another process serves people now/

test('haraka --graceful: the front goes with the first worker, each time and once, and nobody is refused', async () => {
  const imap = await freePort()
  const { haraka } = await world({
    nodes: 2,
    plugins: PLUGINS,
    ini: { imap: { host: '127.0.0.1', tls_port: imap, starttls_port: 0 } },
  })
  await haraka.logged(LISTENS)
  // At once behind the start, and again at once behind that.
  for (const round of [1, 2]) {
    const [old, workers] = [haraka.fronts, haraka.workers]
    const client = await greeted(imap)
    const bin = join(ROOT, 'node_modules/Haraka/bin/haraka')
    const command = spawn(process.execPath, [bin, '-c', haraka.dir, '--graceful'])
    await once(command, 'close')
    await haraka.logged(REPLACED, round)
    await client.closed()
    const fronts = haraka.fronts
    expect(fronts).toHaveLength(1)
    expect(fronts).not.toEqual(old)
    ;(await greeted(imap)).destroy()
    await haraka.logged(/Listening on/, 2 + 2 * round)
    for (const worker of haraka.workers) expect(workers).not.toContain(worker)
    expect(haraka.fronts).toEqual(fronts)
    expect((await sendMail(haraka.port, mail)).code).toBe(250)
  }
  expect(haraka.log.filter((line) => REPLACED.test(line))).toHaveLength(2)
})

/** Resolves when `is` holds; it is asked at each change in the folder. */
function becomes(dir: string, is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dir, () => look())
    const look = (): void => {
      if (!is()) return
      watcher.close()
      resolve()
    }
    look()
  })
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.trim().split(' ').filter(Boolean).map(Number)
}

const isFront = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('/front/main.js')

describe.each([0, 2])('daemonize with nodes=%d', (nodes) => {
  test('one front, a child of the daemon, that goes with it', async () => {
    const dir = tempDir()
    const [smtp, imap] = [await freePort(), await freePort()]
    const [log, pidFile] = [join(dir, 'haraka.log'), join(dir, 'haraka.pid')]
    const haraka = await spawnHaraka({
      dir,
      port: smtp,
      plugins: PLUGINS,
      files: {
        'smtp.ini': `listen=127.0.0.1:${smtp}\nnodes=${nodes}\ndaemonize=true\ndaemon_log_file=${log}\ndaemon_pid_file=${pidFile}\n`,
        'lazaret.ini': `[imap]\nhost=127.0.0.1\ntls_port=${imap}\nstarttls_port=0\n`,
      },
    })
    expect(await haraka.ended()).toBe(0)
    const logged = (): string => readFileSync(log, 'utf8')
    onTestFailed(() => console.error(logged()))
    await becomes(dir, () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'))
    const daemon = Number(readFileSync(pidFile, 'utf8'))
    let there = true
    // oxlint-disable-next-line require-await -- as the others that end with a test
    later(async () => {
      if (there) process.kill(daemon, 'SIGKILL')
    })
    await becomes(dir, () => LISTENS.test(logged()))
    await becomes(dir, () => (logged().match(/Listening on/g) ?? []).length >= Math.max(1, nodes))
    expect(logged().match(new RegExp(LISTENS, 'g'))).toHaveLength(1)
    expect(childrenOf(daemon).filter(isFront)).toHaveLength(1)
    const client = await greeted(imap)
    process.kill(daemon, 'SIGTERM')
    await client.closed()
    await becomes(dir, () => !existsSync(pidFile))
    there = false
  })
})
