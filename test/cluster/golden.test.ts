// A journal that is kept: what machines of this level wrote is folded by every later version to the same views, bit for bit.
// Else machines of two versions would not have the same. Before a level is given up, its journal is made by the last version
// that writes it:
//
//   LAZARET_GOLDEN=test/fixtures/golden-N.br npx vitest run test/cluster/golden.test.ts -t 'makes one'
import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Entry as LogEntry, Head } from '../../plugin/log/log.ts'
import { MemoryLog } from '../../plugin/log/memory.ts'
import { decode, encode } from '../../plugin/store/codec.ts'
import { digestsOf } from '../../plugin/store/digest.ts'
import type { Entry } from '../../plugin/store/entries.ts'
import { KIND_NAMES } from '../../plugin/store/events/index.ts'
import { decisionsOf } from '../../plugin/store/replicated/entry.ts'
import { BEGINNING } from '../../plugin/store/replicated/position.ts'
import { Store } from '../../plugin/store/store.ts'
import { Turn } from '../../plugin/turns.ts'
import { fill, rest } from '../fixtures/fill.ts'
import { tempDir } from '../tmp.ts'
import { nodes } from './nodes.ts'

const FIXTURES = join(__dirname, '../fixtures')
const GOLDEN = readdirSync(FIXTURES).filter((name) => /^golden-\d+\.br$/.test(name))

interface Golden {
  /** What the machines had before they were several. */
  start: Entry[]
  head: Head
  entries: LogEntry[]
  blobs: [name: string, bytes: Uint8Array][]
  /** SHA-256 of each view at the end. */
  views: Record<string, string>
}

const kindsIn = ({ start, entries }: Golden): Set<string> =>
  new Set(
    [...start, ...entries.flatMap(decisionsOf)].flatMap(({ events }) =>
      events.map(({ type }) => type),
    ),
  )

test.runIf(process.env.LAZARET_GOLDEN !== undefined)('makes one', async () => {
  let start: Entry[] = []
  const { log, nodes: all } = await nodes(1, {
    ini: { imap: { test_mailboxes: 'yes' } },
    prepare: ({ store }) => {
      start = [...store.entries(0)]
      return Promise.resolve()
    },
    cluster: { writeTimeoutMs: 60_000 },
  })
  const [{ lazaret }] = all
  await fill(lazaret)
  await rest(lazaret)
  while (!(await lazaret.store.barrier(10_000)));
  const { head, entries } = log
  const views = await digestsOf(lazaret.store.views, new Turn('golden'))
  const golden: Golden = { start, head, entries, blobs: [...log.blobs], views }
  expect(KIND_NAMES.filter((kind) => !kindsIn(golden).has(kind))).toEqual([])
  writeFileSync(process.env.LAZARET_GOLDEN ?? '', brotliCompressSync(encode(golden)))
})

describe.each(GOLDEN)('%s', (name) => {
  const golden = decode<Golden>(brotliDecompressSync(readFileSync(join(FIXTURES, name))))

  test('has every kind of event that there was', () => {
    expect(kindsIn(golden).size).toBeGreaterThanOrEqual(26)
  })

  test('is folded to the same views', async () => {
    const { start, head, entries, blobs, views } = golden
    const dir = tempDir()
    const alone = new Store({ dir, sync: false })
    await alone.take(start, alone.views)
    const epoch = randomUUID()
    await alone.belong({ set: 'test', node: 'node0', epoch }, BEGINNING)
    await alone.close()
    const log = new MemoryLog()
    log.head = { ...head, epoch }
    log.entries = entries
    for (const [blob, bytes] of blobs) log.blobs.set(blob, bytes)
    const store = new Store({
      dir,
      sync: false,
      cluster: {
        log: log.of(),
        set: 'test',
        node: 'node0',
        version: '1',
        logDays: 7,
        writeTimeoutMs: 60_000,
      },
    })
    while (!(await store.barrier(10_000)));
    expect(store.seq).toBe(head.seq)
    expect(await digestsOf(store.views, new Turn('golden'))).toEqual(views)
    await store.close()
  })
})
