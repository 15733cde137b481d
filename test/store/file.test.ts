// The data file damaged in every way that disks, copies and people damage files: a sentence, never a crash.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { WORKER } from '../../plugin/alive.ts'
import { DataError } from '../../plugin/errors.ts'
import { getBlob } from '../../plugin/store/blobs.ts'
import { looksOf, usesOf } from '../../plugin/store/file/uses.ts'
import { getItem, itemIds } from '../../plugin/store/items.ts'
import { Store } from '../../plugin/store/store.ts'
import { tempDir } from '../tmp.ts'
import { deposit } from './rig.ts'

const PAGE = 4096
const ITEMS = 30
let dir = ''
let whole: Buffer

/** Some hundred items, short and long ones, some of them gone again. */
async function fill(store: Store, from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i++)
    await deposit(store, `message ${i} ${'x'.repeat((i % 7) * 1500)}`, { identity: `i${i}` })
}

beforeAll(async () => {
  dir = tempDir()
  const store = new Store({ dir, sync: false })
  await fill(store, 0, ITEMS)
  await store.close()
  whole = readFileSync(join(dir, 'data.mdb'))
})

/** A folder as `dir` was left, with another data file in it. */
function folder(bytes: Buffer, { record = true } = {}): string {
  const made = tempDir()
  if (record) cpSync(dir, made, { recursive: true })
  writeFileSync(join(made, 'data.mdb'), bytes)
  return made
}

/** Opens it and reads all that is there; answers the sentence that kept it from that, or null. */
async function sentence(at: string): Promise<string | null> {
  let store: Store
  try {
    store = new Store({ dir: at })
  } catch (error) {
    expect(error).toBeInstanceOf(DataError)
    return (error as Error).message
  }
  try {
    let read = 0
    for (const id of itemIds(store.views)) {
      const item = getItem(store.views, id)
      try {
        if (item && getBlob(store.views, item.blob)) read++
      } catch (error) {
        return (error as Error).message
      }
    }
    return read === ITEMS ? null : `${read} items`
  } finally {
    await store.close()
  }
}

test('as it was left it is opened without a look at every page, and as a good copy with one', async () => {
  expect(await sentence(dir)).toBeNull()
  expect(await sentence(folder(whole))).toBeNull()
  expect(await sentence(folder(whole, { record: false }))).toBeNull()
})

describe('a file that is cut off', () => {
  const lengths = [
    1, 100, 4095, 4096, 4200, 8191, 8192, 20_000, 65_536, -1, -100, -4096, -4097, -20_000,
  ]
  test.each(lengths)('%i octets', async (n) => {
    const said = await sentence(folder(whole.subarray(0, n < 0 ? whole.length + n : n)))
    // The last pages may be free ones.
    if (n > -20_000 && n < 0 && said === null) return
    expect(said).toMatch(/^\/.*data\.mdb is damaged: .*Restore a backup/)
  })
  test('nothing is left of it', async () => {
    expect(await sentence(folder(Buffer.alloc(0)))).toMatch(
      /is missing or empty, and there were data/,
    )
    const gone = folder(whole)
    rmSync(join(gone, 'data.mdb'))
    expect(await sentence(gone)).toMatch(/is missing or empty.*take the whole folder/)
    expect(existsSync(join(gone, 'data.mdb'))).toBe(false)
  })
})

test.each([
  ['zero', (page: Buffer) => page.fill(0)],
  ['garbage', (page: Buffer) => page.fill('The quick brown fox. ')],
  ['another page', (page: Buffer) => whole.copy(page, 0, 5 * PAGE, 6 * PAGE)],
])('each page in turn is %s', async (_, change) => {
  let told = 0
  const pages = whole.length / PAGE
  for (let page = 0; page < pages; page++) {
    const bytes = Buffer.from(whole)
    change(bytes.subarray(page * PAGE, (page + 1) * PAGE))
    const said = await sentence(folder(bytes))
    if (said === null) continue
    told++
    expect(said).toMatch(/is damaged/)
    if (page < 2) expect(said).toMatch(/data\.mdb is damaged/)
  }
  // The others are free.
  expect(told).toBeGreaterThan(pages / 2)
})

test.each([
  ['text', Buffer.from('Subject: this is no database\r\n'.repeat(1000))],
  ['zeros', Buffer.alloc(100_000)],
  ['a database of SQLite', Buffer.from(`SQLite format 3\0${'x'.repeat(8192)}`)],
])('another file in its place: %s', async (_, bytes) => {
  for (const record of [true, false])
    expect(await sentence(folder(bytes, { record }))).toMatch(
      /it does not begin as a database does/,
    )
})

test('a copy made while somebody writes is told from a good one', async () => {
  const running = tempDir()
  const store = new Store({ dir: running, sync: false })
  await fill(store, 0, ITEMS)
  const file = join(running, 'data.mdb')
  // As cp does it: the begin of one moment, the rest of a later one.
  const begin = readFileSync(file)
  for (let i = 0; i < 40; i++) await fill(store, 100 + i, 1)
  const rest = readFileSync(file)
  const half = Math.floor(begin.length / PAGE / 2) * PAGE
  const copy = tempDir()
  mkdirSync(copy, { recursive: true })
  cpSync(join(running, 'in-use'), join(copy, 'in-use'), { recursive: true })
  writeFileSync(
    join(copy, 'data.mdb'),
    Buffer.concat([begin.subarray(0, half), rest.subarray(half)]),
  )
  expect(await sentence(copy)).toMatch(/damaged: .* made with cp or rsync .*`lazaret backup`/)
  await store.close()
  copyFileSync(file, join(copy, 'data.mdb'))
  expect(await sentence(copy)).toBe(`${ITEMS + 40} items`)
})

test.each([
  ['nobody has it open', 1, false],
  ['others have it open, and several ended so', 3, true],
])('after an end that was none all pages are looked at: %s', async (_, crashes, used) => {
  const bytes = Buffer.from(whole)
  bytes.fill(0, 2 * PAGE)
  const made = folder(bytes)
  const { ino, size, mtimeNs } = statSync(join(made, 'data.mdb'), { bigint: true })
  // As if it had been closed in order.
  const looks = { inode: Number(ino), size: Number(size), modified: String(mtimeNs) }
  writeFileSync(join(made, 'closed.json'), JSON.stringify(looks))
  const names = Array.from({ length: crashes }, (_one, i) => `${process.pid}:before-${i}.${ino}`)
  if (used) names.push(`${WORKER}.${ino}`)
  for (const name of names) writeFileSync(join(made, 'in-use', name), '')
  const said = await sentence(made)
  expect(said).toMatch(/data\.mdb is damaged: page \d+ is not what it should be\. Restore/)
  expect(await sentence(made)).toBe(said)
})

test('who has the data open is known, and how they were left', async () => {
  const made = tempDir()
  const [first, second] = [new Store({ dir: made }), new Store({ dir: made })]
  const looks = looksOf(made)
  expect(usesOf(made)).toEqual({ alive: 1, dead: [], asClosed: false, known: false })
  await first.close()
  expect(usesOf(made).alive).toBe(1)
  await second.close()
  expect(looksOf(made)?.inode).toBe(looks?.inode)
  expect(usesOf(made)).toEqual({ alive: 0, dead: [], asClosed: true, known: true })
})
