// Listings: the words of a search, and pages against what a plain look at all items finds.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refused } from '../../../plugin/errors.ts'
import type { Item, Login } from '../../../plugin/mail.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { CHIPS, FOLDERS_OF, type Chip } from '../../../plugin/quarantine/listing/chips.ts'
import { ORDERS, type Order } from '../../../plugin/quarantine/listing/cursor.ts'
import type { Listed } from '../../../plugin/quarantine/listing/listed.ts'
import type { Query } from '../../../plugin/quarantine/listing/page.ts'
import { parseSearch } from '../../../plugin/quarantine/listing/words.ts'
import { parseStructure } from '../../../plugin/mime/structure.ts'
import { summarizer } from '../../../plugin/quarantine/folders/summary.ts'
import { sortKey } from '../../../plugin/mime/search.ts'
import { sees } from '../../../plugin/scope.ts'
import { getItem, itemIds } from '../../../plugin/store/items.ts'
import { DOMAIN, hold, message, OTHER, rig, ROOT, trained, USER } from '../rig.ts'
import { tempDir } from '../../tmp.ts'

describe('words of a search', () => {
  const day = Date.parse('2026-11-01T00:00:00Z')

  test.each([
    ['', {}],
    ['  ', {}],
    ['hello World', { texts: ['any:hello', 'any:world'] }],
    ['from:Bob subject:"your Order"', { texts: ['from:bob', 'subject:your order'] }],
    ['FROM:x', { texts: ['from:x'] }],
    ['to:user@example.com', { texts: ['to:user@example.com'] }],
    ['"two words"', { texts: ['any:two words'] }],
    ['"not closed', { texts: ['any:not closed'] }],
    // No word of ours: a text with a colon in it.
    [
      're:hello https://x.example constructor:y',
      { texts: ['any:re:hello', 'any:https://x.example', 'any:constructor:y'] },
    ],
    ['from:', { texts: ['any:from:'] }],
    ['subject:""', {}],
    ['before:2026-11-01', { before: day }],
    ['after:2026-11-01', { after: day }],
    ['after:2026-01-01 after:2026-11-01', { after: day }],
    ['larger:100', { larger: 100 }],
    ['larger:2k', { larger: 2048 }],
    ['smaller:1MB', { smaller: 1_048_576 }],
    ['score:0.9', { score: [0.9, 1] }],
    ['score:>=.9', { score: [0.9, 1] }],
    ['score:<0.5', { score: [0, 0.5] }],
    ['score:0.2-0.5', { score: [0.2, 0.5] }],
  ])('%j', (text, expected) => {
    const { texts, ...rest } = parseSearch(text)
    expect({ ...rest, texts: texts.map((one) => `${one.in}:${one.text}`) }).toEqual({
      texts: [],
      before: Infinity,
      after: -Infinity,
      larger: -1,
      smaller: Infinity,
      score: [0, 1],
      ...expected,
    })
  })

  test.each([
    ['before:yesterday', 'before:2026-11-28'],
    ['before:2026-02-30', 'before:2026-11-28'],
    ['after:2026-13-01', 'before:2026-11-28'],
    ['larger:big', 'larger:100k'],
    ['smaller:-1', 'larger:100k'],
    ['smaller:1.5m', 'larger:100k'],
    ['score:2', 'score:0.9-1'],
    ['score:spam', 'score:0.9-1'],
    ['score:0.9-0.1', 'score:0.9-1'],
    ['score:<0.1-0.2', 'score:0.9-1'],
    ['x '.repeat(21), '20 words'],
    ['x'.repeat(1001), '1000 characters'],
  ])('%j is refused with an example', (text, words) => {
    expect(() => parseSearch(text)).toThrow(Refused)
    expect(() => parseSearch(text)).toThrow(words)
  })
})

async function pages(lazaret: Lazaret, query: Query, login: Login = ROOT): Promise<Listed[]> {
  const all: Listed[] = []
  const { items } = lazaret.quarantine.as(login)
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await items.list({ ...query, ...(cursor !== undefined && { cursor }) })
    all.push(...page.items)
    cursor = page.next
  }
  return all
}

const ids = (items: readonly Listed[]): number[] => items.map(({ item }) => item.id)

/** Some mail of every class, and where it went. */
async function filled(): Promise<Lazaret> {
  const lazaret = rig()
  await trained(lazaret, 60)
  const { items } = lazaret.quarantine.as(ROOT)
  const names = ['Zoe', 'anna', '=?utf-8?q?J=C3=B6rg?=', '', 'Bob "B." Builder']
  for (let i = 0; i < 24; i++) {
    const name = names[i % names.length]
    const to = ['user@example.com', 'x@example.com', 'b@other.example'][i % 3]
    const from =
      name === ''
        ? `s${i}@sender.example`
        : `${name.includes('"') ? 'Bob' : name} <s${i}@sender.example>`
    const raw = Buffer.from(
      `From: ${from}\r\nTo: ${to}\r\nSubject: Number ${i} =?utf-8?q?gr=C3=BCn?=\r\nMessage-ID: <${i}@x>\r\n\r\n${'money '.repeat(i * 20)}\r\n`,
    )
    const [{ item }] = await hold(lazaret, raw, { to: [to] })
    if (i % 4 === 1) await items.release(item as number)
    if (i % 6 === 2) await items.spam(item as number)
    if (i % 8 === 3) await items.delete(item as number)
    if (i % 12 === 5) await fail(lazaret, item as number)
  }
  return lazaret
}

async function fail(lazaret: Lazaret, item: number): Promise<void> {
  const { system } = lazaret.quarantine
  const [job] = (await system.claim(item, 'worker')) ?? []
  await system.queued(item, job.token)
  await system.report(item, job.token, 'failed', '550 no')
}

/** What a listing must be, by a look at every item. */
function naive(lazaret: Lazaret, login: Login, chip: Chip, order: Order): number[] {
  const { views, beside } = lazaret.store
  const doubt = (lazaret.config.settings.spam + 1) / 2
  const found = [...itemIds(views)]
    .map((id) => getItem(views, id) as Item)
    .filter(({ scope }) => sees(login.scope, scope))
    .filter((item) => {
      if (item.kind === 'split') return false
      if (chip === 'deleted') return item.places.length === 0
      const at = item.places.some(([, folder]) => FOLDERS_OF[chip].includes(folder as never))
      if (chip === 'failed') return at && item.release?.state === 'failed'
      return at && (chip !== 'doubtful' || (item.verdict?.score ?? 1) < doubt)
    })
  const uid = (item: Item): number =>
    chip === 'deleted' || chip === 'failed'
      ? item.id
      : Math.max(
          ...item.places
            .filter(([, folder]) => FOLDERS_OF[chip].includes(folder as never))
            .map(([one]) => one),
        )
  const key = (item: Item): number | string => {
    if (order === 'newest') return -uid(item)
    if (order === 'wanted') return item.verdict?.score ?? Infinity
    const listed = lazaret.quarantine.as(ROOT).items.get(item.id)
    if (order === 'expires') return listed?.end || Infinity
    return sortKey(listed?.from.name || listed?.from.address || item.sender)
  }
  expect(beside.summary(found[0]?.id ?? 0) !== undefined || found.length === 0).toBe(true)
  return found
    .sort((a, b) => {
      const [x, y] = [key(a), key(b)]
      return x === y ? uid(b) - uid(a) : x < y ? -1 : 1
    })
    .map(({ id }) => id)
}

describe('pages', () => {
  test('every class in every order, for every tier, are what a look at all items finds', async () => {
    const lazaret = await filled()
    let shown = 0
    for (const login of [ROOT, DOMAIN, USER, OTHER])
      for (const chip of CHIPS)
        for (const order of ORDERS) {
          const found = ids(await pages(lazaret, { chip, order, limit: 3 }, login))
          expect(found, `${login.scope} ${chip} ${order}`).toEqual(
            naive(lazaret, login, chip, order),
          )
          shown += found.length
        }
    expect(shown).toBeGreaterThan(300)
  })

  test('they stay right while mail comes and goes', async () => {
    const lazaret = await filled()
    const { items } = lazaret.quarantine.as(ROOT)
    const all = ids(await pages(lazaret, {}))
    const step = fc.tuple(
      fc.constantFrom('hold', 'release', 'spam', 'notSpam', 'undo', 'delete', 'fail'),
      fc.nat(all.length - 1),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        for (const [what, n] of steps) {
          const id = all[n]
          if (what === 'hold') await hold(lazaret, message(`new-${lazaret.store.seq}`))
          else if (what === 'fail') {
            if (lazaret.quarantine.system.releaseOf(id)?.state === 'wanted') await fail(lazaret, id)
          } else
            await items[what as 'release'](id).catch((error: unknown) => {
              expect(error).toBeInstanceOf(Refused)
            })
        }
        for (const chip of CHIPS)
          for (const order of ORDERS)
            expect(ids(await pages(lazaret, { chip, order })), `${chip} ${order}`).toEqual(
              naive(lazaret, ROOT, chip, order),
            )
      }),
      { numRuns: 25 },
    )
  })

  test('a cursor is a place in the order: what stays is shown once, whatever comes and goes', async () => {
    for (const order of ORDERS) {
      const lazaret = await filled()
      const { items } = lazaret.quarantine.as(ROOT)
      const before = ids(await pages(lazaret, { chip: 'caught', order }))
      const seen: number[] = []
      let cursor: string | undefined
      let gone: number | undefined
      for (let n = 0; ; n++) {
        const page = await items.list({
          chip: 'caught',
          order,
          limit: 2,
          ...(cursor && { cursor }),
        })
        seen.push(...ids(page.items))
        if (page.next === null) break
        cursor = page.next
        await hold(lazaret, message(`${order}-${n}`))
        // The very item that the cursor stands on goes.
        if (n === 0) await items.delete((gone = seen.at(-1)) as number)
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.filter((id) => before.includes(id))).toEqual(before)
      expect(before).toContain(gone)
    }
  })

  test('searches look at sender, recipient, subject, time, size and score', async () => {
    const lazaret = await filled()
    const all = await pages(lazaret, {})
    const found = async (search: string): Promise<number[]> => ids(await pages(lazaret, { search }))
    const where = (test: (one: Listed) => boolean): number[] => ids(all.filter(test))
    expect(await found('from:jörg')).toEqual(where(({ from }) => from.name === 'Jörg'))
    expect(await found('from:JÖRG').then((one) => one.length)).toBeGreaterThan(2)
    expect(await found('from:bad@blocked.example')).toEqual(ids(all))
    expect(await found('from:s7@sender')).toEqual(
      where(({ from }) => from.address === 's7@sender.example'),
    )
    expect(await found('to:other.example')).toEqual(
      where(({ item }) => item.scope.endsWith('other.example')),
    )
    expect(await found('subject:"number 4 grün"')).toHaveLength(1)
    expect(await found('grün zoe')).toEqual(where(({ from }) => from.name === 'Zoe'))
    const sizes = all.map(({ item }) => item.size).sort((a, b) => a - b)
    expect(await found(`larger:${sizes[5]}`)).toEqual(where(({ item }) => item.size > sizes[5]))
    expect(await found(`smaller:${sizes[5]}`)).toEqual(where(({ item }) => item.size < sizes[5]))
    expect(await found('before:2020-01-01')).toEqual([])
    expect(await found('after:2020-01-01')).toEqual(ids(all))
    expect(await found('score:>0.5 nowhere')).toEqual([])
    const scores = all.map(({ item }) => item.verdict?.score ?? 0)
    const middle = scores.sort((a, b) => a - b)[10]
    expect(await found(`score:${middle.toFixed(6)}-1`).then((one) => one.length)).toBe(
      where(({ item }) => (item.verdict?.score ?? 0) >= Number(middle.toFixed(6))).length,
    )
  })

  test('what lists read is kept for the next process, of much mail, and nothing is left of what is gone', async () => {
    const dir = tempDir()
    const bulk = Buffer.from('From: bulk@sender.example\r\nSubject: Bulk\r\n\r\n')
    const root = parseStructure(bulk)
    const filled = rig({}, dir)
    const [{ item: oldest }] = await hold(filled, message('oldest'))
    const like = getItem(filled.store.views, oldest as number) as Item
    const { id: _, trained: _t, release: _r, places: _p, since: _s, ...rest } = like
    await filled.store.write({ actor: 'test' }, (tx) => {
      const blob = tx.blob(bulk, summarizer(root))
      const flags = { system: 0, keywords: [] }
      for (let i = 0; i < 800; i++)
        tx.append({ type: 'deposit', folder: 'caught', flags, item: { ...rest, blob } })
    })
    const gistsOf = ({ store }: Lazaret): (Buffer | undefined)[] =>
      [0, 1, 2].map((n) => {
        const bytes = store.beside.gistInPlace(n)
        return bytes && Buffer.from(bytes)
      })
    expect(await filled.quarantine.system.keepLists()).toBe(
      Math.floor((filled.store.seq + 1) / 256),
    )
    expect(await filled.quarantine.system.keepLists()).toBe(0)
    await filled.close()

    const lazaret = rig({}, dir)
    const before = gistsOf(lazaret)
    expect(before.every((one) => one !== undefined)).toBe(true)
    expect(before[0]?.includes('oldest')).toBe(true)
    const { items } = lazaret.quarantine.as(ROOT)
    for (const order of ORDERS) {
      expect(await items.list({ search: 'subject:OLDEST', order })).toMatchObject({
        items: [{ item: { id: oldest } }],
        next: null,
      })
      expect(ids(await pages(lazaret, { order, limit: 500, search: 'bulk' }))).toHaveLength(800)
      expect((await items.list({ order })).items.map(({ item }) => item.id)).toEqual(
        naive(lazaret, ROOT, 'all', order).slice(0, 50),
      )
    }
    await items.delete(oldest as number)
    await items.purge()
    expect(gistsOf(lazaret)[0]).toBeUndefined()
    expect((await items.list({ search: 'oldest' })).items).toEqual([])
    expect(await lazaret.quarantine.system.keepLists()).toBeLessThanOrEqual(1)
    expect(gistsOf(lazaret)[0]?.includes('oldest')).toBe(false)
    expect(gistsOf(lazaret).slice(1)).toEqual(before.slice(1))
  })

  test('counts for chips', async () => {
    const lazaret = await filled()
    for (const login of [ROOT, DOMAIN, USER, OTHER]) {
      const counts = await lazaret.quarantine.as(login).items.counts()
      for (const chip of CHIPS)
        expect(counts[chip], `${login.scope} ${chip}`).toBe(
          naive(lazaret, login, chip, 'newest').length,
        )
    }
  })

  test('a narrower scope can be asked for, another one not', async () => {
    const lazaret = await filled()
    expect(ids(await pages(lazaret, { scope: 'user@example.com' }, DOMAIN))).toEqual(
      naive(lazaret, USER, 'all', 'newest'),
    )
    for (const scope of ['', 'other.example', 'example.com'])
      await expect(lazaret.quarantine.as(USER).items.list({ scope })).rejects.toMatchObject({
        kind: 'not-allowed',
      })
  })

  test('no message is read for them', async () => {
    const lazaret = await filled()
    const { blobs } = lazaret.store.views
    const read: string[] = []
    const watched = (name: 'get' | 'inPlace'): void => {
      const plain = blobs[name].bind(blobs)
      Object.assign(blobs, {
        [name]: (key: string) => {
          read.push(key)
          return plain(key)
        },
      })
    }
    watched('get')
    watched('inPlace')
    for (const order of ORDERS) await pages(lazaret, { order, search: 'zoe' })
    await pages(lazaret, { chip: 'deleted' })
    await lazaret.quarantine.as(ROOT).items.counts()
    expect(read).toEqual([])
    lazaret.quarantine.as(ROOT).items.raw(ids(await pages(lazaret, {}))[0])
    expect(new Set(read).size).toBe(1)
  })

  test.each([
    [{ cursor: 'nonsense' }, /no place in a list/],
    [{ cursor: Buffer.from('["wanted",1,2]').toString('base64url') }, /no place in a list/],
    [{ cursor: Buffer.from('["newest","x",2]').toString('base64url') }, /no place in a list/],
    [{ limit: 0 }, /1 to 500/],
    [{ limit: 501 }, /1 to 500/],
    [{ limit: 1.5 }, /1 to 500/],
    [{ order: 'oldest' as Order }, /newest, wanted/],
    [{ chip: 'everything' as Chip }, /all, caught/],
    [{ search: 'before:now' }, /names no day/],
  ])('%j is refused in words', async (query, reason) => {
    const refused = rig().quarantine.as(ROOT).items.list(query)
    await expect(refused).rejects.toMatchObject({ kind: 'invalid' })
    await expect(refused).rejects.toThrow(reason)
  })
})
