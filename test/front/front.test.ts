// People are served in a process beside Haraka: either may die without the other being felt.
import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFailed, test } from 'vitest'
import { bind, isTaken } from '../../plugin/front/bind.ts'
import { WireClient } from '../imap/wire-client.ts'
import { beside, block, itemsIn, message, world, type World } from '../gateway/world.ts'
import { ROOT } from '../rig/build.ts'
import { whatRuns } from '../../plugin/running.ts'
import { freePort, spawnHaraka, startHaraka } from '../rig/haraka.ts'
import { sendMail } from '../rig/smtp.ts'
import { tempDir } from '../tmp.ts'

const PLUGINS = ['rcpt_to.in_host_list', 'lazaret', 'lazaret/imap', 'queue/smtp_forward']
const SPAM = message(['From: a@spam.example', 'Subject: buy', '', 'buy'])
const mail = { from: 'a@spam.example', to: ['user@example.com'], raw: SPAM }

interface Served extends World {
  imap: number
}

async function served(nodes: number): Promise<Served> {
  const imap = await freePort()
  const it = await world({
    nodes,
    plugins: PLUGINS,
    ini: { imap: { host: '127.0.0.1', tls_port: imap, starttls_port: 0 } },
  })
  await it.haraka.logged(/IMAP server is listening/)
  return { ...it, imap }
}

test('the start tells addresses, and the certificate that it made; status finds who serves', async () => {
  const { haraka, imap } = await served(0)
  const log = haraka.log.join('\n')
  expect(log).toContain(`IMAP server is listening on 127.0.0.1:${imap} (TLS)`)
  const [, print] =
    /made a self-signed certificate for mx\.example\.com, valid until .*: SHA-256 ([0-9A-F:]{95})/.exec(
      log,
    ) ?? []
  const pem = readFileSync(join(haraka.data, 'imap-tls.pem'), 'latin1')
  const made = new X509Certificate(pem)
  expect(print).toBe(made.fingerprint256)
  expect(made.checkHost('mx.example.com')).toBe('mx.example.com')
  const days = (Date.parse(made.validTo) - Date.parse(made.validFrom)) / 86_400_000
  expect(days).toBeGreaterThan(800)
  expect(days).toBeLessThanOrEqual(825)
  const [front] = whatRuns(haraka.data).filter(({ role }) => role === 'front')
  expect(front).toMatchObject({ listens: { imaps: [`127.0.0.1:${imap}`] }, sessions: 0 })
})

async function greeting(port: number): Promise<string> {
  const client = await WireClient.connect(port, { tls: true })
  try {
    return await client.greeting()
  } finally {
    client.destroy()
  }
}

const isThere = (pid: number): boolean => {
  try {
    // A zombie does nothing any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}

/** Resolves when the front has closed what this client holds; its process ends after that. */
async function ended(client: WireClient): Promise<void> {
  await client.closed()
}

describe.each([0, 2])('with nodes=%d', (nodes) => {
  test('it is one child of the main process, and comes back without a client being refused', async () => {
    const { haraka, imap, lazaret } = await served(nodes)
    await block(lazaret, '*@spam.example')
    const [front, ...more] = haraka.fronts
    expect(more).toEqual([])
    expect(haraka.workers).toHaveLength(nodes)

    process.kill(front, 'SIGKILL')
    // Who comes while there is none waits for the next one.
    const [hello, answer] = await Promise.all([greeting(imap), sendMail(haraka.port, mail)])
    expect(hello).toMatch(/^\* OK /)
    expect(answer.code).toBe(250)
    expect(itemsIn(lazaret, 'caught')).toHaveLength(1)
    expect(haraka.fronts).not.toContain(front)
    await haraka.logged(/has ended and is started again.*SIGKILL/)
  })

  test('it goes with a Haraka that was killed, and the ports are free at once', async () => {
    const { haraka, imap } = await served(nodes)
    const client = await WireClient.connect(imap, { tls: true })
    const [front] = haraka.fronts
    process.kill(haraka.pid, 'SIGKILL')
    await ended(client)
    await haraka.ended()
    const again = await startHaraka({ dir: haraka.dir, port: haraka.port, keep: true, nodes })
    await again.logged(/IMAP server is listening/)
    expect(isThere(front)).toBe(false)
    expect(await greeting(imap)).toMatch(/^\* OK /)
    await again.kill9()
  })
})

describe('the start', () => {
  test('a port that is taken stops it, with the port in the sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const haraka = await spawnHaraka({
      plugins: PLUGINS,
      files: { 'lazaret.ini': `[imap]\nhost=127.0.0.1\ntls_port=${port}\nstarttls_port=0\n` },
    })
    await haraka.logged(
      new RegExp(`lazaret\\.ini: \\[imap\\]: port ${port} of 127\\.0\\.0\\.1 is taken`),
    )
    expect(await haraka.ended()).not.toBe(0)
    other.close()
  })

  test.each([
    [
      'a host name',
      'host=mail.example.com',
      /config\/lazaret\.ini: imap\.host: 'mail\.example\.com' is no IP address/,
    ],
    [
      'no certificate',
      'cert=none.pem\nkey=none.pem',
      /lazaret\.ini: imap\.cert: there is no file .*config\/none\.pem/,
    ],
  ])('%s stops it in words', async (_, line, words) => {
    const haraka = await spawnHaraka({
      plugins: PLUGINS,
      files: { 'lazaret.ini': `[imap]\n${line}\ntls_port=${await freePort()}\nstarttls_port=0\n` },
    })
    await haraka.logged(words)
    expect(await haraka.ended()).not.toBe(0)
  })

  test('lazaret/imap alone is said: nobody catches or releases', async () => {
    const haraka = await startHaraka({
      plugins: ['rcpt_to.in_host_list', 'lazaret/imap', 'queue/smtp_forward'],
      files: {
        'lazaret.ini': `[imap]\nhost=127.0.0.1\ntls_port=${await freePort()}\nstarttls_port=0\n`,
      },
    })
    await haraka.logged(/lazaret\/imap without lazaret/)
    await haraka.stop()
  })
})

const NOBODY = 65534
/** What lies below a folder of root's alone cannot be run by anybody else. */
const othersRead = (path: string): boolean =>
  path
    .split('/')
    .every((_, i, parts) => (statSync(parts.slice(0, i + 1).join('/') || '/').mode & 0o5) === 0o5)
const OTHERS_READ = othersRead(ROOT) && othersRead(process.execPath)

describe.skipIf(process.getuid?.() !== 0 || !OTHERS_READ).each([0, 2])(
  'started as root with user=nobody and nodes=%d',
  (nodes) => {
    test('a fresh folder works: privileged port, no file of root, nobody is served as root', async () => {
      const dir = tempDir()
      const port = await privilegedPort()
      mkdirSync(join(dir, 'queue'))
      for (const path of [dir, join(dir, 'queue')]) chownSync(path, NOBODY, NOBODY)
      const smtp = await freePort()
      const haraka = await startHaraka({
        dir,
        port: smtp,
        nodes,
        plugins: PLUGINS,
        files: {
          'smtp.ini': `listen=127.0.0.1:${smtp}\nnodes=${nodes}\nuser=nobody\ngroup=nogroup\n`,
          'lazaret.ini': `[imap]\nhost=127.0.0.1\ntls_port=${port}\nstarttls_port=0\n`,
        },
      })
      onTestFailed(() => console.error(haraka.log.slice(-100).join('\n')))
      await haraka.logged(/IMAP server is listening/)
      expect(await greeting(port)).toMatch(/^\* OK /)
      const [front] = haraka.fronts
      expect(statSync(`/proc/${front}`).uid).toBe(NOBODY)
      // Again when root is gone.
      process.kill(front, 'SIGKILL')
      expect(await greeting(port)).toMatch(/^\* OK /)
      const lazaret = beside(haraka)
      await block(lazaret, '*@spam.example')
      expect((await sendMail(smtp, mail)).code).toBe(250)
      expect(itemsIn(lazaret, 'caught')).toHaveLength(1)
      for (const name of readdirSync(haraka.data))
        expect([name, statSync(join(haraka.data, name)).uid]).toEqual([name, NOBODY])
      haraka.signal('SIGTERM')
      await haraka.ended()
    })
  },
)

describe.skipIf(process.getuid?.() !== 0 || !OTHERS_READ).each([0, 2])(
  'started by a user with nodes=%d',
  (nodes) => {
    test('two lines in config/plugins are enough: mail is caught, people are served', async () => {
      const imap = await freePort()
      const haraka = await startHaraka({
        uid: NOBODY,
        nodes,
        plugins: PLUGINS,
        files: { 'lazaret.ini': `[imap]\nhost=127.0.0.1\ntls_port=${imap}\nstarttls_port=0\n` },
      })
      onTestFailed(() => console.error(haraka.log.slice(-100).join('\n')))
      await haraka.logged(/IMAP server is listening/)
      expect(await greeting(imap)).toMatch(/^\* OK /)
      const lazaret = beside(haraka)
      await block(lazaret, '*@spam.example')
      expect((await sendMail(haraka.port, mail)).code).toBe(250)
      expect(itemsIn(lazaret, 'caught')).toHaveLength(1)
      for (const pid of [haraka.pid, ...haraka.fronts, ...haraka.workers])
        expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY)
      for (const name of readdirSync(haraka.data))
        expect([name, statSync(join(haraka.data, name)).uid]).toEqual([name, NOBODY])
      haraka.signal('SIGTERM')
      await haraka.ended()
    })
  },
)

async function privilegedPort(): Promise<number> {
  for (let port = 700; port < 1000; port++) {
    const server = createServer()
    server.listen(port, '127.0.0.1')
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ])
    if (!free) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('no free port below 1000')
}

describe('bind', () => {
  const made: { close(): void }[] = []
  afterEach(() => {
    for (const one of made.splice(0)) one.close()
  })

  test('gives a descriptor of exactly that port', async () => {
    const port = await freePort()
    const bound = bind('127.0.0.1', port)
    made.push(bound)
    expect(bound.port).toBe(port)
    const server = createServer().listen({ fd: bound.fd })
    await once(server, 'listening')
    expect(server.address()).toMatchObject({ address: '127.0.0.1', port })
    server.close()
  })

  test('knows a port that is taken, which Node would tell only when it listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(() => bind('127.0.0.1', port)).toThrow(/is taken/)
    try {
      bind('127.0.0.1', port)
    } catch (error) {
      expect(isTaken(error)).toBe(true)
    }
    server.close()
  })

  test('IPv6, and addresses that this machine has not', () => {
    expect(() => bind('192.0.2.1', 0)).toThrow(/no such address/)
    expect(() => bind('nonsense', 0)).toThrow(/no IP address/)
  })
})

describe('the watchdog', () => {
  const DOG = join(ROOT, 'dist/plugin/front/watchdog.js')
  async function end(watched: object, work: string): Promise<{ signal: unknown; said: string }> {
    const script = `
      const { Worker } = require('node:worker_threads')
      const beats = new SharedArrayBuffer(4)
      new Worker(${JSON.stringify(DOG)}, { workerData: { beats, ...${JSON.stringify(watched)} } })
      ${work}`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const [, signal] = (await once(child, 'close')) as [unknown, unknown]
    return { signal, said }
  }
  const here = { memory: 2 ** 40, parent: process.pid }

  test('ends a process whose event loop is busy for ever, and none that does not get the processor', async () => {
    const waits = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 13_000)'
    const [busy, slow] = await Promise.all([
      end(here, 'setTimeout(() => { for (;;) {} }, 100)'),
      end(here, `setTimeout(() => { ${waits}; process.exit(0) }, 100)`),
    ])
    expect(busy.signal).toBe('SIGKILL')
    expect(busy.said).toContain('its event loop has been busy')
    expect(slow).toEqual({ signal: null, said: '' })
  })

  test('ends one that takes more memory than it may', async () => {
    const beat = 'setInterval(() => Atomics.add(new Int32Array(beats), 0, 1), 100)'
    const { signal, said } = await end({ ...here, memory: 2 ** 20 }, beat)
    expect(signal).toBe('SIGKILL')
    expect(said).toContain('front.memory_mb = 1')
  })

  test('ends one whose parent is gone', async () => {
    const beat = 'setInterval(() => Atomics.add(new Int32Array(beats), 0, 1), 100)'
    const { signal, said } = await end({ ...here, parent: 1 }, beat)
    expect(signal).toBe('SIGKILL')
    expect(said).toContain('Haraka is gone')
  })
})
