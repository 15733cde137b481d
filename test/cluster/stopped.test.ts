// When the log cannot be reached: mail that is delivered goes on, what would be held is refused, people read and are told so
// once, in whatever way they look; and what one machine has acknowledged is seen on another at the next look.
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { Unavailable } from '../../plugin/errors.ts'
import { statusOf } from '../../plugin/doctor/status.ts'
import { envelope, hold, message, ROOT, uidsIn } from '../quarantine/rig.ts'
import { serve as serveHttp, type World } from '../http/world.ts'
import { LOGINS, PASSWORD, serve as serveImap, type Running } from '../imap/harness.ts'
import { ensureBuilt, ROOT as TREE } from '../rig/build.ts'
import { tempDir } from '../tmp.ts'
import { knows, nodes, type Node } from './nodes.ts'

const USER = LOGINS.user
let a: Node
let b: Node
let imap: Running[]
let http: World

beforeAll(async () => {
  const all = await nodes(2, {
    ini: {
      http: { tls: 'no', requests_per_minute: 1_000_000 },
      login: { scram: 'no' },
      settings: { copy_unsure: true },
    },
    prepare: async ({ quarantine }) => {
      const verbs = quarantine.as(ROOT)
      await verbs.accounts.add(USER, 'address', PASSWORD)
      await verbs.accounts.add(LOGINS.root, 'super-admin', PASSWORD)
      await verbs.lists.change('', 'block', { add: ['*@blocked.example'] })
      await verbs.lists.change('', 'allow', { add: ['*@good.example'] })
    },
  })
  ;[a, b] = all.nodes
  imap = []
  for (const { lazaret, dir } of all.nodes) imap.push(await serveImap(lazaret, dir))
  http = await serveHttp(a.lazaret)
})

const screen = ({ lazaret }: Node, sender: string, to = [USER]) =>
  lazaret.quarantine.system.screen(envelope({ sender, to }), message(sender))

describe('what one machine has acknowledged', () => {
  test('is there on another at STATUS, SELECT and login', async () => {
    const [, second] = imap
    const client = await second.logIn('user')
    await hold(a.lazaret, message('first'))
    expect(await client.ok('STATUS Caught (MESSAGES)')).toEqual(['* STATUS Caught (MESSAGES 1)'])
    await hold(a.lazaret, message('second'))
    expect(await client.ok('SELECT Caught')).toContain('* 2 EXISTS')
    await hold(a.lazaret, message('third'))
    expect(await client.ok('LIST "" Caught RETURN (STATUS (MESSAGES))')).toContain(
      '* STATUS Caught (MESSAGES 3)',
    )
    await a.lazaret.quarantine.as(ROOT).accounts.add('new@example.com', 'address', PASSWORD)
    const other = await second.connect()
    await other.greeting()
    await other.ok(`LOGIN new@example.com "${PASSWORD}"`)
  })

  test('and what a client itself has done before its command is answered', async () => {
    const client = await imap[1].logIn('user')
    await client.ok('SELECT Caught')
    await client.ok('STORE 1 +FLAGS.SILENT (\\Flagged)')
    expect(await client.ok('FETCH 1 FLAGS')).toEqual([
      expect.stringMatching(/^\* 1 FETCH \(FLAGS \([^)]*\\Flagged/),
    ])
    await client.ok('UID MOVE 2 Deleted').catch(() => undefined)
    const [uid] = uidsIn(b.lazaret, 'caught')
    await client.ok(`UID COPY ${uid} Release`)
    await client.ok('NOOP')
  })

  test('RFC 7162: a mod-sequence that only another machine knows is waited for, and never resynchronised from', async () => {
    const [first, second] = imap
    const client = await second.logIn('user')
    await client.ok('ENABLE QRESYNC')
    const ahead = await first.logIn('user')
    const [, validity] =
      /UIDVALIDITY (\d+)/.exec((await client.ok('SELECT Caught')).join('\n')) ?? []
    await hold(a.lazaret, message('fourth'))
    const told = (await ahead.ok('SELECT Caught (CONDSTORE)')).join('\n')
    const [, modseq] = /HIGHESTMODSEQ (\d+)/.exec(told) ?? []
    // It comes, since it can be had.
    expect(
      (await client.ok(`SELECT Caught (QRESYNC (${validity} ${modseq}))`)).join('\n'),
    ).toContain(`HIGHESTMODSEQ ${modseq}`)
    b.way.isCut = true
    await knows(b, 'read')
    await hold(a.lazaret, message('fifth'))
    const next = Number(modseq) + 1
    const asks = [
      `SELECT Caught (QRESYNC (${validity} ${next}))`,
      `FETCH 1:* (FLAGS) (CHANGEDSINCE ${next})`,
      `STORE 1 (UNCHANGEDSINCE ${next}) +FLAGS (\\Seen)`,
      `SEARCH MODSEQ ${next + 1}`,
    ]
    const clients = await Promise.all(
      asks.map(async (ask) => {
        const one = await second.logIn('user')
        await one.ok('ENABLE QRESYNC')
        if (!ask.startsWith('SELECT')) await one.ok('EXAMINE Caught')
        return one
      }),
    )
    const answers = await Promise.all(asks.map((ask, i) => clients[i].command(ask)))
    for (const { tagged, untagged } of answers) {
      expect(tagged).toMatch(/^NO \[UNAVAILABLE\] This server does not know yet/)
      expect(untagged.join('\n')).not.toMatch(/VANISHED|FETCH|EXISTS/)
    }
    b.way.isCut = false
    await knows(b, 'write')
    await client.ok(`SELECT Caught (QRESYNC (${validity} ${next}))`)
  })
})

test('a token that was made on one machine is good on another at once', async () => {
  const make = { account: USER, name: 'now', may: 'read' } as const
  const { secret } = await b.lazaret.quarantine.as(ROOT).tokens.make(make)
  expect((await http.ask('session', { token: secret })).status).toBe(200)
})

test('who is told that a machine has stopped for good is told when it goes on', async () => {
  const { log, nodes: all } = await nodes(1)
  const lines: string[] = []
  const [{ lazaret }] = all
  lazaret.onHalt((line) => lines.push(line))
  log.head.halt = 'node9: the log has lost its end'
  while (lines.length < 1) await new Promise(setImmediate)
  await expect(hold(lazaret, message('never'))).rejects.toThrow('the log has lost its end')
  log.head.halt = ''
  while (lines.length < 2) await new Promise(setImmediate)
  expect(lines).toEqual([
    expect.stringMatching(
      /has stopped writing, and mail to be held is answered 451: node9: .*\(lazaret cluster status\)$/,
    ),
    'this machine of the cluster writes again',
  ])
  await hold(lazaret, message('after'))
})

describe('without the log', () => {
  beforeAll(async () => {
    a.way.isCut = true
    await knows(a, 'read')
  })

  test('good mail is delivered; what would be kept is refused; a copy is left out, and counted', async () => {
    expect(await screen(a, 'me@good.example')).toMatchObject([
      { outcome: 'deliver', verdict: { class: 'ham' } },
    ])
    await expect(screen(a, 'bad@blocked.example')).rejects.toThrow(Unavailable)
    // One transaction has one answer: with somebody for whom it is held, nobody gets it now.
    const [unsure] = await screen(a, 'who@knows.example')
    expect(unsure).toMatchObject({
      outcome: 'deliver',
      verdict: { class: 'unsure' },
      item: null,
      leftOut: true,
    })
  })

  test('IMAP opens folders for reading, and says so once', async () => {
    const client = await imap[0].logIn('user')
    const answer = await client.command('SELECT Caught')
    expect(answer.tagged).toMatch(/^OK \[READ-ONLY\]/)
    const alerts = answer.untagged.filter((line) => line.includes('[ALERT]'))
    expect(alerts).toEqual([
      '* OK [ALERT] The quarantine cannot be changed at the moment; what is there can be read. The administrator can see why (lazaret cluster status).',
    ])
    expect(answer.untagged).toContainEqual(expect.stringContaining('[PERMANENTFLAGS ()]'))
    expect((await client.ok('FETCH 1 BODY[HEADER]')).join('')).toContain('Subject: Test')
    expect((await client.command('STORE 1 +FLAGS (\\Seen)')).tagged).toMatch(/^NO \[READ-ONLY\]/)
    expect((await client.command('SELECT Spam')).untagged.join('\n')).not.toContain('[ALERT]')
    expect((await client.command('SUBSCRIBE Caught')).tagged).toMatch(
      /^(?:OK|NO \[UNAVAILABLE\] The quarantine cannot be changed)/,
    )
  })

  test('the API answers changes with 503 and words, says so at the session, and reads go on', async () => {
    const token = await b.lazaret.quarantine
      .as(ROOT)
      .tokens.make({ account: USER, name: 'x', may: 'admin' })
    // Made elsewhere: this machine has not heard of it.
    expect((await http.ask('session', { token: token.secret })).status).toBe(401)
    a.way.isCut = false
    await knows(a, 'write')
    a.way.isCut = true
    await knows(a, 'read')
    const { secret } = token
    const session = await http.ask('session', { token: secret })
    expect(session.body.stopped).toMatch(/cannot be changed at the moment/)
    expect(session.headers.get('lazaret-stopped')).toBe('1')
    const read = await http.ask<{ items: { id: number }[] }>('items', { token: secret })
    expect(read.status).toBe(200)
    expect(read.body.items).not.toEqual([])
    const change = await http.ask(`settings/${USER}`, {
      method: 'PATCH',
      token: secret,
      body: { spam: '0.95' },
    })
    expect(change.status).toBe(503)
    expect(change.body.detail).toMatch(/cannot be changed at the moment.*Nothing was changed/)
    expect((await http.ask('/ready')).text).toMatch(/cannot be changed at the moment/)
    expect((await http.ask('/metrics')).text).toMatch(/^lazaret_stopped 1$/m)
  })

  test('lazaret status tells of it', async () => {
    const at = { harakaDir: null, fault: null, plugins: [] } as never
    const { ok, troubles } = await statusOf(at, a.lazaret)
    expect(ok).toBe(false)
    expect(troubles.join('\n')).toMatch(
      /mail to be held is answered 451: the database of the cluster/,
    )
  })

  test('with the log all goes on as before', async () => {
    const client = await imap[0].logIn('user')
    expect((await client.command('SELECT Caught')).tagged).toMatch(/^OK \[READ-ONLY\]/)
    a.way.isCut = false
    await knows(a, 'write')
    expect((await client.command('SELECT Caught')).tagged).toMatch(/^OK \[READ-WRITE\]/)
    await client.ok('STORE 1 +FLAGS (\\Seen)')
    const session = await http.ask('session')
    expect(session.body.stopped).toBe(null)
    expect(session.headers.get('lazaret-stopped')).toBe(null)
    expect(await screen(a, 'bad@blocked.example')).toMatchObject([{ outcome: 'hold' }])
  })
})

test('a command says what cannot be done, and why', async () => {
  await ensureBuilt()
  const { dir, lazaret } = b
  await lazaret.close()
  const ini = join(tempDir(), 'config', 'lazaret.ini')
  mkdirSync(join(ini, '..'), { recursive: true })
  const keys = [
    '[main]',
    `data_dir=${dir}`,
    '[cluster]',
    'database=postgres://lazaret@127.0.0.1:1/lazaret',
    'set=test',
    'node=node1',
    'write_timeout_s=1',
  ]
  writeFileSync(ini, `${keys.join('\n')}\n`)
  const run = async (...args: string[]): Promise<string> => {
    try {
      const cli = join(TREE, 'dist/plugin/cli/index.js')
      const at = ['--config', join(ini, '..', '..')]
      return (await promisify(execFile)(process.execPath, [cli, ...at, ...args])).stdout
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      return `${stdout}${stderr}`
    }
  }
  expect(await run('list', 'show', '--block')).toContain('*@blocked.example')
  expect(await run('list', 'add', '*@more.example', '--block', '--yes')).toMatch(
    /cannot be changed at the moment \(the database of the cluster cannot be reached: .*Nothing was changed/,
  )
})
