// Large messages in files: an event names what is on disk, a file goes when no event names it any more.
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { blobName, blobOctets, blobPieces, getBlob, isFile } from '../../plugin/store/blobs.ts'
import { BIG, BlobFiles, type Published } from '../../plugin/store/files.ts'
import { compareViews, replay } from '../../plugin/store/replay.ts'
import type { Store } from '../../plugin/store/store.ts'
import { DAY, HOUR } from '../../plugin/time.ts'
import { item, newStore } from './rig.ts'

const large = (seed: string): Buffer => Buffer.alloc(BIG + 12_345, seed)
const pathOf = ({ dir }: Store, name: string): string => join(dir, 'blobs', name.slice(0, 2), name)

async function deposit(store: Store, bytes: Uint8Array | Published): Promise<number> {
  return await store.write({ actor: 'test' }, (tx) =>
    tx.append({
      type: 'deposit',
      item: item({ blob: tx.blob(bytes) }),
      folder: 'caught',
      flags: { system: 0, keywords: [] },
    }),
  )
}

const purge = (store: Store, ...items: number[]): Promise<number> =>
  store.write({ actor: 'test' }, (tx) => tx.append({ type: 'purge', items, groups: [] }))

const later = (ms: number): number => Date.now() + ms

test('is read whole, in ranges and in pieces', async () => {
  const store = newStore()
  const raw = Buffer.concat([Buffer.from('begin '), large('x'), Buffer.from(' end')])
  const name = blobName(raw)
  expect(await store.publish(raw)).toEqual({ name, size: raw.length })
  await deposit(store, await store.publish(raw))
  expect(isFile(store.views, name)).toBe(true)
  expect(getBlob(store.views, name)?.equals(raw)).toBe(true)
  expect(store.blobs.read(name)?.equals(raw)).toBe(true)
  expect(blobOctets(store.views, name, 0, 6)?.toString()).toBe('begin ')
  expect(store.blobs.octets(name, raw.length - 4, raw.length + 9)?.toString()).toBe(' end')
  const pieces: Buffer[] = []
  for await (const piece of blobPieces(store.views, name, 6)) pieces.push(Buffer.from(piece))
  expect(Buffer.concat(pieces).equals(raw.subarray(6))).toBe(true)
})

test('a small one stays with the decision', async () => {
  const store = newStore()
  const raw = Buffer.alloc(BIG - 1, 'x')
  await deposit(store, await store.publish(raw))
  expect(isFile(store.views, blobName(raw))).toBe(false)
  expect(existsSync(pathOf(store, blobName(raw)))).toBe(false)
  // Neither is nothing at all.
  await deposit(store, await store.publish(Buffer.alloc(0)))
  expect(getBlob(store.views, blobName(Buffer.alloc(0)))?.length).toBe(0)
})

test('goes with its last item, and not before', async () => {
  const store = newStore()
  const raw = large('x')
  const name = blobName(raw)
  const [first, second] = [
    await deposit(store, await store.publish(raw)),
    await deposit(store, await store.publish(raw)),
  ]
  await purge(store, first)
  expect(await store.sweep(later(2 * HOUR))).toBe(0)
  expect(getBlob(store.views, name)?.equals(raw)).toBe(true)
  await purge(store, second)
  expect(getBlob(store.views, name)).toBeNull()
  // It may be about to be named again.
  expect(await store.sweep()).toBe(0)
  expect(await store.sweep(later(2 * HOUR))).toBe(1)
  expect(existsSync(pathOf(store, name))).toBe(false)
})

test('is no message once it was swept: the decision fails, and leaves nothing', async () => {
  const store = newStore()
  const kept = await store.publish(large('x'))
  expect(await store.sweep(later(2 * HOUR))).toBe(1)
  await expect(deposit(store, kept)).rejects.toThrow(/swept/)
  expect(isFile(store.views, blobName(large('x')))).toBe(false)
})

test('what was being written in a crash goes after a day', async () => {
  const store = newStore()
  const path = join(store.incoming, 'half')
  writeFileSync(path, 'half a mess')
  utimesSync(path, 0, 0)
  await store.sweep(later(HOUR))
  expect(existsSync(path)).toBe(true)
  await store.sweep(later(2 * DAY))
  expect(existsSync(path)).toBe(false)
})

test('a changed bit is found in each way to read, and mended by the same message', async () => {
  const store = newStore()
  const raw = large('x')
  const name = blobName(raw)
  await deposit(store, await store.publish(raw))
  expect(blobOctets(store.views, name, 0, 3)?.toString()).toBe('xxx')
  const bytes = readFileSync(pathOf(store, name))
  bytes[bytes.length - 1] ^= 1
  writeFileSync(pathOf(store, name), bytes)
  for (const read of [
    () => getBlob(store.views, name),
    () => blobOctets(store.views, name, 0, 3),
    () => store.blobs.read(name),
    () => store.blobs.octets(name, 0, 3),
  ])
    expect(read).toThrow(/damaged on the disk/)
  await expect(blobPieces(store.views, name).next()).rejects.toThrow(/damaged on the disk/)
  await deposit(store, await store.publish(raw))
  expect(getBlob(store.views, name)?.equals(raw)).toBe(true)
})

test('a replay takes the files over', async () => {
  const store = newStore()
  const raws = [large('a'), Buffer.from('small'), large('b')]
  for (const raw of raws) await deposit(store, await store.publish(raw))
  const copy = newStore()
  await replay(store, copy)
  expect(compareViews(store.views, copy.views)).toBeNull()
  for (const raw of raws) expect(getBlob(copy.views, blobName(raw))?.equals(raw)).toBe(true)
  expect(existsSync(pathOf(copy, blobName(raws[0])))).toBe(true)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('they are counted for the room they take, at once only the first time', async () => {
  const store = newStore()
  const atOnce = vi.spyOn(BlobFiles.prototype, 'octets')
  const beside = vi.spyOn(BlobFiles.prototype, 'count')
  const start = Date.now()
  const raw = large('y')
  store.space.need(raw.length)
  const { used } = store.space.state
  expect(atOnce).toHaveBeenCalledTimes(1)
  await deposit(store, await store.publish(raw))
  // Another process kept one, which only a look tells of.
  await store.publish(large('z'))
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  for (let minute = 1; minute <= 3; minute++) {
    vi.setSystemTime(start + minute * 60_000)
    store.space.need(1000)
    await beside.mock.results.at(-1)?.value
    await new Promise(setImmediate)
  }
  expect([atOnce.mock.calls.length, beside.mock.calls.length]).toEqual([1, 3])
  expect(await beside.mock.results[2].value).toBe(2 * raw.length)
  expect(store.space.state.used - used).toBeGreaterThanOrEqual(raw.length)
})
