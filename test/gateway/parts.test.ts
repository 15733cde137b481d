// The parts between Haraka's objects and our values, each alone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unstuffed } from '../../plugin/haraka/receive/bytes.ts'
import { dotStuffed } from '../../plugin/haraka/release/enqueue.ts'
import { isMarked, mark, queuedReleases, unmark } from '../../plugin/haraka/release/queue-files.ts'
import { destinations, routeOf } from '../../plugin/haraka/route.ts'
import { proofs, signals } from '../../plugin/haraka/receive/signals.ts'
import { provesAuthor, UNPROVEN } from '../../plugin/filter/proofs.ts'
import { authorsOf } from '../../plugin/mime/authors.ts'
import { parseHeader } from '../../plugin/mime/headers.ts'
import { proofsAreChecked } from '../../plugin/quarantine/lists/query.ts'
import type { Address, Connection, HMail, Plugin, Transaction } from '../../plugin/haraka/types.ts'
import { isAlive, WORKER } from '../../plugin/haraka/release/worker.ts'
import { tempDir } from '../tmp.ts'

type Store = Record<string, Record<string, unknown>>
const results = (store: Store): Connection['results'] => ({
  get: (name) => store[name],
  get_all: () => store,
  add: () => {},
})

function connectionWith(ofConnection: Store, ofTransaction: Store, host = 'sender.example') {
  const notes = { get: (path: string) => noted[path], set: () => {} }
  const noted: Record<string, unknown> = {}
  const transaction = {
    mail_from: { user: 'a', host, address: `a@${host}` },
    results: results(ofTransaction),
    notes,
  } as unknown as Transaction
  const connection = {
    results: results(ofConnection),
    tls: { enabled: true },
    relaying: false,
  } as unknown as Connection
  return { connection, transaction, noted }
}

describe('signals', () => {
  test('are kinds of findings: sorted, once each, no address and no id', () => {
    const { connection, transaction } = connectionWith(
      {
        spf: { scope: 'helo', result: 'Pass', domain: 'x.example' },
        fcrdns: { pass: [], fail: ['ptr_valid(host.example)'] },
        'dns-list': { pass: ['list.dnswl.example'], fail: ['zen.example', 'bl.example'] },
        geoip: { country: 'DE', human: 'DE, Berlin' },
        karma: { score: -7.4 },
      },
      {
        spf: { scope: 'mfrom', result: 'SoftFail', domain: 'sender.example' },
        dkim: { pass: ['sender.example'], fail: [] },
        clamd: { fail: ['Eicar'], pass: [] },
        uribl: { fail: ['rdns/bad.example/multi.example'] },
        headers: { fail: ['missing:Date', 'from_match(a@b.example)'] },
        rspamd: { score: 100 },
      },
    )
    expect(signals(connection, transaction)).toEqual([
      'clamd=fail',
      'country=de',
      'dkim=pass',
      'dns-list-pass=list.dnswl.example',
      'dns-list=bl.example',
      'dns-list=zen.example',
      'fcrdns-fail=ptr_valid',
      'fcrdns=fail',
      'headers=from_match',
      'headers=missing',
      'karma=-6',
      'rspamd=15',
      'spf-helo=pass',
      'spf=softfail',
      'tls=yes',
      'uribl=multi.example',
    ])
  })

  test('are bounded in number and length, whatever the plugins found', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `${i}${'x'.repeat(500)}\r\n\0`)
    const { connection, transaction } = connectionWith({ 'dns-list': { fail: many } }, {})
    const found = signals(connection, transaction)
    expect(found).toHaveLength(64)
    for (const one of found) expect(one).toMatch(/^[a-z-]+=[a-z0-9._-]{1,48}$/)
  })
})

describe('authenticated', () => {
  const raw = (from: string): Buffer => Buffer.from(`From: ${from}\r\n\r\n`)
  const dkim = (domain: string): Store => ({ dkim: { pass: [domain], fail: [] } })
  const spf = (domain: string, result = 'Pass'): Store => ({
    spf: { scope: 'mfrom', result, domain },
  })
  /** Whether the author of a message is proven by what other plugins found. */
  const authenticated = (
    {
      connection,
      transaction,
    }: Pick<ReturnType<typeof connectionWith>, 'connection' | 'transaction'>,
    from: string,
  ): boolean => {
    const { author } = authorsOf(parseHeader(raw(from)))
    return author !== null && provesAuthor(proofs(connection, transaction, true), author)
  }

  test.each([
    ['the same domain', dkim('example.com'), 'A <a@example.com>', true],
    ['a subdomain signs for its parent', dkim('mail.example.com'), 'a@example.com', true],
    ['the parent signs for a subdomain', dkim('example.com'), 'a@news.example.com', true],
    ['another domain', dkim('example.net'), 'a@example.com', false],
    ['neighbours below a public suffix', dkim('evil.co.uk'), 'a@victim.co.uk', false],
    ['SPF of the envelope sender', spf('bounce.example.com'), 'a@example.com', true],
    ['SPF that did not pass', spf('example.com', 'SoftFail'), 'a@example.com', false],
    [
      'two From addresses, one not aligned',
      dkim('example.com'),
      'a@example.com, b@example.net',
      false,
    ],
    ['no From', dkim('example.com'), '', false],
    ['nothing found', {}, 'a@example.com', false],
  ])('%s', (_, store, from, wanted) => {
    expect(authenticated(connectionWith({}, store), from)).toBe(wanted)
  })

  test('with a null reverse-path, the HELO domain counts', () => {
    const helo = { spf: { scope: 'helo', result: 'Pass', domain: 'mx.example.com' } }
    expect(authenticated(connectionWith(helo, {}, ''), 'a@example.com')).toBe(true)
    expect(authenticated(connectionWith(helo, {}, 'other.example'), 'a@example.com')).toBe(false)
  })

  test('the domains are carried, not a yes', () => {
    const store = {
      ...dkim('a.example'),
      ...spf('b.example'),
      dkim_verify: { pass: ['c.example'] },
    }
    const { connection, transaction } = connectionWith({}, store)
    expect(proofs(connection, transaction, true)).toEqual({
      dkim: ['a.example', 'c.example'],
      spf: { scope: 'mfrom', domain: 'b.example' },
      checked: true,
    })
  })

  test('a signature made here, and what is no domain, prove nothing', () => {
    const store = { dkim: { pass: ['v=1; a=rsa-sha256; d=example.com', 'x@example.com'] } }
    const { connection, transaction } = connectionWith({}, store)
    expect(proofs(connection, transaction, false)).toEqual(UNPROVEN)
  })

  test('which plugins prove something', () => {
    for (const name of ['spf', 'dkim', 'dkim_verify', 'haraka-plugin-spf'])
      expect(proofsAreChecked(['tls', name])).toBe(true)
    expect(proofsAreChecked(['tls', 'dkim_sign', 'spfx', 'lazaret'])).toBe(false)
  })
})

describe('routes', () => {
  const recipient: Address = { user: 'u', host: 'example.com', address: 'u@example.com' }
  const plugin = (name: string, loaded: object, hook = 'queue'): Plugin =>
    ({
      haraka_require: () => ({
        registered_plugins: { [name]: loaded },
        registered_hooks: { [hook]: [{ plugin: 'lazaret' }, { plugin: name }] },
      }),
    }) as unknown as Plugin
  const route = (from: Plugin, notes: Record<string, unknown> = {}) => {
    const { connection, transaction, noted } = connectionWith({}, {})
    Object.assign(noted, notes)
    return routeOf(from, connection, transaction, recipient)
  }
  const nothing = plugin('queue/other', {})

  test('what other plugins noted comes first', () => {
    const notes = { 'queue.wants': 'outbound', 'queue.next_hop': 'lmtp://store.example:24' }
    expect(route(nothing, notes)).toEqual({ nextHop: 'lmtp://store.example:24', wants: 'outbound' })
    expect(route(nothing)).toEqual({ nextHop: null, wants: null })
  })

  test('queue/lmtp by domain, with a socket too', () => {
    const cfg = { main: { host: 'a.example' }, 'example.com': { path: '/run/lmtp.sock' } }
    const { nextHop } = route(plugin('queue/lmtp', { cfg }))
    expect(nextHop).toBe('lmtp://localhost/run/lmtp.sock')
    expect(destinations(nothing, String(nextHop))).toEqual([
      { priority: 0, exchange: 'localhost', port: 24, using_lmtp: true, path: '/run/lmtp.sock' },
    ])
  })

  test('a pool of hosts is kept whole, and passwords are not kept at all', () => {
    const main = {
      forwarding_host_pool: 'a.example:25, b.example:2525',
      auth_user: 'u',
      auth_pass: 'p',
    }
    const forward = { cfg: { main }, get_config: () => main }
    const from = plugin('queue/smtp_forward', forward)
    const { nextHop } = route(from)
    expect(nextHop).toBe('smtp://a.example:25,b.example:2525')
    expect(
      destinations(from, String(nextHop)).map(({ exchange, port }) => [exchange, port]),
    ).toEqual([
      ['a.example', 25],
      ['b.example', 2525],
    ])
    const one = { host: '::1', port: 26, auth_type: 'plain', auth_user: 'u', auth_pass: 'p' }
    const single = plugin('queue/smtp_forward', { cfg: { main: one }, get_config: () => one })
    const hop = route(single).nextHop
    expect(hop).toBe('smtp://[::1]:26')
    expect(destinations(single, String(hop))).toEqual([
      {
        priority: 0,
        exchange: '::1',
        port: 26,
        auth_type: 'plain',
        auth_user: 'u',
        auth_pass: 'p',
      },
    ])
  })
})

test.each([
  ['.\r\n', ''],
  ['a\r\n.\r\n', 'a\r\n'],
  ['..a\r\n...\r\n.\r\n', '.a\r\n..\r\n'],
  ['a\r\n.\r\nQUIT\r\n.x\r\n', 'a\r\n'],
  ['\r\n..\r\n.\r\n', '\r\n.\r\n'],
  ['a\r\n..', null],
  ['', null],
])('the message in %j', (wire, message) => {
  expect(unstuffed(Buffer.from(wire))?.toString() ?? null).toBe(message)
})

test('any message comes through dot-stuffing and back', () => {
  const piece = fc.constantFrom('.', '\r\n', 'a', '\r', '\0', '..', '\r\n.', ' ')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const raw = Buffer.from(`${pieces.join('')}\r\n`)
      const wire = Buffer.concat([dotStuffed(raw), Buffer.from('.\r\nRSET\r\n')])
      expect(unstuffed(wire)?.toString()).toBe(raw.toString())
    }),
  )
})

test.each([
  ['', '\r\n'],
  ['.', '..\r\n'],
  ['a\r\n.\r\n..\r\n', 'a\r\n..\r\n...\r\n'],
  ['a\r\n.b', 'a\r\n..b\r\n'],
  ['\r\n.\r\n', '\r\n..\r\n'],
  ['a.\r\n', 'a.\r\n'],
])('dot-stuffing of %j', (raw, stuffed) => {
  expect(dotStuffed(Buffer.from(raw)).toString()).toBe(stuffed)
})

describe('a worker', () => {
  test('is alive as long as its process is, and no other one with its pid', async () => {
    expect(isAlive(WORKER)).toBe(true)
    expect(isAlive(`${process.pid}:another-start`)).toBe(false)
    expect(isAlive('')).toBe(false)
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await once(child, 'spawn')
    const start = WORKER.slice(WORKER.indexOf(':'))
    expect(isAlive(`${child.pid}${start}`)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isAlive(`${child.pid}:x`)).toBe(false)
  })
})

describe('files of the queue', () => {
  const note = {
    item: 7,
    token: 't',
    recipient: 'a@b.example',
    recipients: [],
    nextHop: null,
    ordinary: false,
  }
  const write = (dir: string, name: string, notes: unknown): string => {
    const todo = Buffer.from(`\n${JSON.stringify({ notes })}\n`)
    const head = Buffer.alloc(4)
    head.writeUInt32BE(todo.length)
    writeFileSync(join(dir, name), Buffer.concat([head, todo, Buffer.from('Subject: x\r\n')]))
    return join(dir, name)
  }

  test('releases are told from other mail, temporary and broken files', async () => {
    const dir = tempDir()
    write(dir, '1_1_0_99_abc_1_host', { lazaret: note })
    write(dir, '1_1_0_99_abd_2_host', { other: true })
    write(dir, '__tmp__.1_1_0_99_abe_3_host', { lazaret: note })
    writeFileSync(join(dir, '1_1_0_99_abf_4_host'), 'broken')
    writeFileSync(join(dir, '1_1_0_99_abg_5_host'), Buffer.from([0, 0, 0, 2, 1, 2]))
    expect(await queuedReleases(dir)).toEqual(new Map([['1_1_0_99_abc_1_host', note]]))
    expect(await queuedReleases(join(dir, 'missing'))).toEqual(new Map())
  })

  test('a queue that never rests is read to an end, and nothing in it is missed', async () => {
    const dir = tempDir()
    const names = new Map<number, string>()
    const nameOf = (n: number, next: number): string => `${n}_${next}_0_99_u${n}_1_host`
    for (let n = 0; n < 500; n++) {
      names.set(n, nameOf(n, 0))
      write(dir, nameOf(n, 0), { lazaret: { ...note, item: n } })
    }
    let busy = true
    const renaming = (async () => {
      for (let next = 1; busy; next++) {
        const n = (next * 37) % 500
        renameSync(join(dir, names.get(n) as string), join(dir, nameOf(n, next)))
        names.set(n, nameOf(n, next))
        await wait(5) // some hundred a second, far more than Haraka's
      }
    })()
    const found = await queuedReleases(dir)
    busy = false
    await renaming
    expect([...found.values()].map(({ item }) => item).sort((a, b) => a - b)).toEqual([
      ...names.keys(),
    ])
  })

  test('a mark is part of the name, stays where Haraka renames it, and goes with the next attempt', async () => {
    const dir = tempDir()
    const path = write(dir, '1_1_0_99_abc_1_host', { lazaret: note })
    const hmail = { path, filename: basename(path) } as HMail
    expect(isMarked(hmail)).toBe(false)
    await mark(hmail)
    await mark(hmail)
    expect(isMarked(hmail)).toBe(true)
    expect([...(await queuedReleases(dir)).keys()]).toEqual([hmail.filename])
    // As Haraka does after a restart: another pid, the unique part kept.
    const moved = hmail.filename.replace('_99_', '_100_')
    renameSync(hmail.path, join(dir, moved))
    expect(isMarked({ filename: moved } as HMail)).toBe(true)
    unmark(hmail)
    expect(hmail.filename).toBe('1_1_0_99_abc_1_host')
  })
})
