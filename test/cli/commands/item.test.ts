// item and audit: what lies in the quarantine, and who did what.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { inside, on, tempDir } from '../run.ts'

const dir = tempDir()
const { at, json } = on(dir)

async function hold(recipient: string, subject: string): Promise<number> {
  const lazaret = open(readConfig({}), dir)
  const raw = Buffer.from(`From: bad@spam.example\r\nSubject: ${subject}\r\n\r\nbuy\r\n`)
  const [decision] = await lazaret.quarantine.system.screen(
    {
      sender: 'bounce@spam.example',
      recipients: [{ address: recipient, route: { nextHop: 'smtp://10.0.0.1:25', wants: null } }],
      direction: 'in',
      proofs: { dkim: [], spf: null, checked: false },
      signals: ['spf=fail'],
      hold: null,
    },
    raw,
  )
  await lazaret.close()
  return decision.item ?? 0
}

interface Listed {
  id: number
  subject: string
  folders: string[]
  release: { state: string } | null
}

test('items of a folder, newest first, as a scope sees them', async () => {
  await json(['list', 'add', '*@spam.example', '--block'])
  const first = await hold('a@example.com', 'one')
  const second = await hold('b@example.com', '=?utf-8?q?zw=C3=B6lf=1B[31m?=')
  const third = await hold('c@example.org', 'three')
  const ids = async (...args: string[]): Promise<number[]> =>
    (await json<Listed[]>(['item', 'list', ...args])).map(({ id }) => id)
  expect(await ids()).toEqual([third, second, first])
  expect(await ids('--limit', '1')).toEqual([third])
  expect(await ids('--scope', 'example.com')).toEqual([second, first])
  expect(await ids('--scope', 'a@example.com')).toEqual([first])
  const { out } = await at(['item', 'list'])
  expect(out).toContain('zwölf')
  // Nothing of a message reaches the terminal as a control sequence.
  expect(out).not.toContain('\u001b')

  const shown = await at(['item', 'show', String(first)])
  expect(shown.out).toMatch(/^Recipient +a@example\.com$/m)
  expect(shown.out).toMatch(/^Folders +Caught$/m)
  expect(shown.out).toContain('is on the block list of everybody as *@spam.example')
  const none = await at(['item', 'list', '--folder', 'Nope'])
  expect(none.code).toBe(1)
  expect(none.err).toContain('Caught')
  expect((await at(['item', 'show', '999999'])).code).toBe(1)
})

test('the outcome of a release is shown, and the journal tells who asked', async () => {
  const lazaret = open(readConfig({ settings: { release_delay: 0 } }), dir)
  const { quarantine } = lazaret
  const login = { account: 'a@example.com', tier: 'address', scope: 'a@example.com' } as const
  const [caught, release] = ['Caught', 'Release'].map((name) =>
    quarantine.as(login).folders.find(name),
  )
  if (!caught || !release) throw new Error('folders')
  const [uid] = quarantine.as(login).messages.rows(caught).uid
  await quarantine.as({ ...login, via: 'imap 192.0.2.9' }).messages.move(caught, [uid], release)
  const [open_] = quarantine.system.openReleases()
  const [job] = (await quarantine.system.claim(open_.item, 'test')) ?? []
  await quarantine.system.queued(job.item, job.token)
  await quarantine.system.report(job.item, job.token, 'delivered', '250 thanks')
  await lazaret.close()
  const shown = await json<Listed>(['item', 'show', String(job.item)])
  expect(shown).toMatchObject({
    folders: ['Release'],
    release: {
      state: 'delivered',
      reply: '250 thanks',
      asked: { by: login.account, as: null, via: 'imap 192.0.2.9' },
    },
  })
  const { out } = await at(['item', 'show', String(job.item)])
  expect(out).toMatch(/^Asked +by a@example\.com, .* UTC, from IMAP \(192\.0\.2\.9\)$/m)
  expect((await at(['item', 'list', '--folder', 'Release'])).out).toContain('delivered')
  const mine = await at(['audit', '--by', 'A@example.com'])
  expect(mine.out).toMatch(
    /a@example\.com \(imap 192\.0\.2\.9\) +UID \d+ of a@example\.com moved from caught to release/,
  )
  const all = await json<{ seq: number; by: string }[]>(['audit', '--since', '0'])
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at_) => at_ + 1))
  expect(await json(['audit', '--last', '2'])).toHaveLength(2)
})

test('the owner of the data is an actor of its own', async () => {
  await json(['settings', 'set', 'spam', '0.95'])
  const [last] = await json<{ by: string; text: string }[]>(['audit', '--last', '1'])
  expect(last).toMatchObject({ by: CLI.account, text: 'spam for everybody: 0.95' })
})

interface Result {
  id: number
  ok: boolean
  error?: { code: string; message: string }
}

describe('what is done with messages', () => {
  test('release, train, undo and delete, each with a result for each item', async () => {
    const ids = [await hold('d@example.com', 'd1'), await hold('d@example.com', 'd2')]
    const [one, two] = ids.map(String)
    expect(await json<Result[]>(['item', 'release', one, two, one])).toEqual(
      ids.map((id) => ({ id, ok: true })),
    )
    const shown = await at(['item', 'show', one])
    expect(shown.out).toMatch(/^Release +wanted at /m)
    expect(shown.out).toMatch(/^Asked +by cli, .* UTC, from the command \(/m)
    expect((await at(['item', 'undo', one])).out).toContain(`Item ${one} is taken back.`)
    expect(await json<Listed>(['item', 'show', one])).toMatchObject({
      folders: ['Caught'],
      release: { state: 'cancelled' },
    })
    expect((await at(['item', 'train', one, '--ham'])).out).toContain('is learned as ham')
    expect(await json<Listed>(['item', 'show', one])).toMatchObject({
      folders: ['Not Spam'],
      learned: 'ham',
    })
    expect((await at(['item', 'release', one, '--train'])).code).toBe(0)
    expect(await json<Listed>(['item', 'show', one])).toMatchObject({
      folders: ['Release & Train'],
    })
    expect((await at(['item', 'delete', two])).code).toBe(0)
    // One that is not there does not keep the others from it.
    const mixed = await json<Result[]>(['item', 'train', two, '999999', '--spam'], undefined, 1)
    expect(mixed).toEqual([
      { id: ids[1], ok: true },
      { id: 999999, ok: false, error: { code: 'NOT-FOUND', message: 'There is no item 999999.' } },
    ])
  })

  test('--as has the eyes and rights of that account, and the journal names both', async () => {
    const mine = await hold('a@example.com', 'mine')
    const other = await hold('b@example.com', 'other')
    await at(['account', 'add', 'a@example.com', '--password-stdin'], { input: 'correct horse' })
    const as = ['--as', 'A@example.com']
    const ids = (await json<Listed[]>(['item', 'list', ...as])).map(({ id }) => id)
    expect(ids).toContain(mine)
    expect(ids).not.toContain(other)
    const refused = await at(['item', 'release', String(other), ...as])
    expect([refused.code, refused.out]).toEqual([1, `Item ${other}: There is no item ${other}.\n`])
    expect((await at(['item', 'list', '--scope', 'b@example.com', ...as])).code).toBe(1)
    expect((await at(['item', 'purge', '--yes', ...as])).err).toContain('Only the administrator')
    await json(['item', 'release', String(mine), ...as])
    expect((await at(['item', 'show', String(mine)])).out).toMatch(
      /^Asked +by cli as a@example\.com, .* UTC, from the command \(/m,
    )
    const done = await json<{ actor: string; as?: string }[]>([
      'audit',
      '--by',
      'a@example.com',
      '--last',
      '3',
    ])
    expect(done.at(-1)).toMatchObject({
      by: 'cli',
      as: 'a@example.com',
      via: expect.stringMatching(/^command /),
    })
    expect((await at(['item', 'list', '--as', 'nobody@example.com'])).code).toBe(1)
  })

  test('--dry-run says what would be, and changes nothing', async () => {
    const id = String(await hold('e@example.com', 'dry'))
    const { length } = await json<unknown[]>(['audit', '--since', '0'])
    for (const args of [
      ['release', id],
      ['release', id, '--train'],
      ['train', id, '--spam'],
      ['delete', id],
    ]) {
      const { code, out } = await at(['item', ...args, '--dry-run'])
      expect([code, out]).toEqual([0, expect.stringContaining(`Item ${id} would be `)])
      // A lesson is told with what it would do.
      expect(/it would let through \d+/.test(out)).toBe(args.some((one) => one.endsWith('train')))
    }
    expect((await at(['item', 'release', '999999', '--dry-run'])).code).toBe(1)
    const purge = await at([
      'item',
      'purge',
      '--held',
      '--older-than',
      '0',
      '--dry-run',
      '--scope',
      'e@example.com',
    ])
    expect(purge.out).toBe('1 message would be gone for good.\n')
    expect(await json<unknown[]>(['audit', '--since', '0'])).toHaveLength(length)
    expect(await json<Listed>(['item', 'show', id])).toMatchObject({
      folders: ['Caught'],
      release: null,
    })
    expect((await at(['item', 'delete', id])).code).toBe(0)
    expect((await at(['item', 'restore', id, '--dry-run'])).out).toBe(
      '1 message would come back.\n',
    )
    expect(await json<Listed>(['item', 'show', id])).toMatchObject({ folders: [] })
  })

  test('search by the words of the page, and the message itself', async () => {
    const id = await hold('f@example.com', 'quarterly figures')
    const found = async (...words: string[]): Promise<number[]> =>
      (await json<Listed[]>(['item', 'search', ...words])).map((one) => one.id)
    expect(await found('subject:"quarterly figures"')).toEqual([id])
    expect(await found('to:f@example.com', 'from:spam.example')).toEqual([id])
    expect(await found('figures', 'larger:1m')).toEqual([])
    expect(await found('figures', '--only', 'released')).toEqual([])
    const bad = await at(['item', 'search', 'before:tomorrow'])
    expect([bad.code, bad.err]).toEqual([
      1,
      expect.stringContaining("'before:tomorrow' names no day"),
    ])
    const raw = `From: bad@spam.example\r\nSubject: quarterly figures\r\n\r\nbuy\r\n`
    expect((await at(['item', 'raw', String(id)])).out).toBe(raw)
    const file = join(dir, 'message.eml')
    expect((await at(['item', 'raw', String(id), '--output', file])).code).toBe(0)
    expect(readFileSync(file, 'latin1')).toBe(raw)
    // A file that is there is not overwritten.
    expect((await at(['item', 'raw', String(id), '--output', file])).code).toBe(3)
    expect((await at(['item', 'show', '1x'])).err).toContain('item 1x: give a whole number')
    expect((await at(['item', 'train', '1'])).err).toContain('either --ham or --spam')
  })

  test('one message for all its recipients', async () => {
    const ids = [await hold('g@example.com', 'many'), await hold('h@example.com', 'many')]
    const counted = await at(['item', 'release', String(ids[0]), '--for-all'])
    expect(counted.out).toContain('is caught for 2 recipients')
    expect(
      (await at(['item', 'release', String(ids[0]), '--for-all', '--confirm', '3'])).code,
    ).toBe(1)
    expect(await json(['item', 'release', String(ids[0]), '--for-all', '--confirm', '2'])).toEqual({
      released: 2,
    })
    expect((await at(['item', 'release', ...ids.map(String), '--for-all'])).code).toBe(2)
  })
})

test('audit by day, and as it happens', async () => {
  const today = new Date().toISOString().slice(0, 10)
  const all = await json<unknown[]>(['audit', '--since', '0'])
  expect(await json<unknown[]>(['audit', '--from', today])).toHaveLength(all.length)
  expect(await json<unknown[]>(['audit', '--to', '2020-01-01'])).toEqual([])
  expect((await at(['audit', '--from', 'yesterday'])).err).toContain('give a day such as')
  expect((await at(['audit', '--last', '3', '--since', '3'])).code).toBe(2)
  // With the eyes of an account, what concerns it.
  await json(['account', 'add', 'audit@example.com', '--without-password'])
  const own = await json<{ text: string; via: string | null }[]>([
    'audit',
    '--as',
    'audit@example.com',
  ])
  expect(own.slice(0, 1).map(({ text, via }) => [text, via])).toEqual([
    ['account audit@example.com (address) set', null],
  ])
  // It and the welcome message: nothing of others.
  expect(own).toHaveLength(2)
  const following = inside(
    ['audit', '--follow', '--by', 'cli', '--last', '0', '--json', '--data', dir],
    async (printed) => {
      const lazaret = open(readConfig({}), dir)
      await lazaret.quarantine.as(CLI).settings.set('', 'unsure', '0.3')
      await printed(/unsure for everybody: 0\.3/)
      process.emit('SIGINT')
      await lazaret.close()
    },
  )
  const { code, out } = await following
  expect(code).toBe(0)
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text),
  ).toEqual(['unsure for everybody: 0.3'])
})

test('stats: for people, and as the API tells it', async () => {
  await json(['list', 'add', '*@spam.example', '--block'])
  await hold('s@stats.example', 'counted')
  const { out } = await at(['stats', '--scope', 'stats.example'])
  const [head, today] = out.split('\n')
  expect(head).toMatch(/^day +delivered +unsure +held/)
  expect(today).toMatch(/^\d{4}-\d\d-\d\d +0 +0 +1 +0 /)
  expect(out).toMatch(/Most of what is caught now is from\n {2}1 message: bad@spam\.example/)
  expect(await json(['stats', '--scope', 'stats.example'])).toMatchObject({
    scope: 'stats.example',
    total: { caught: 1, messages: [{ class: 'spam', action: 'held', count: 1 }] },
    senders: [{ sender: 'bad@spam.example', count: 1 }],
  })
  expect((await at(['stats', '--scope', 'none.example'])).out).toMatch(/Nothing was counted of/)
  expect(await at(['stats', '--from', 'monday'])).toMatchObject({ code: 1 })
})
