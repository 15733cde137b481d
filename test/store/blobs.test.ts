// Every read of a blob is checked against its name.
import { expect, test } from 'vitest'
import { Refused } from '../../plugin/errors.ts'
import { blobInPlace, blobName, getBlob, onDamage } from '../../plugin/store/blobs.ts'
import { flip } from '../rig/damage.ts'
import { tempDir } from '../tmp.ts'
import { deposit, newStore } from './rig.ts'

const lines: string[] = []
onDamage((line) => lines.push(line))

test.each([
  ['in a page', 'x'.repeat(500)],
  ['over many pages', 'x'.repeat(40_000)],
  ['large enough to be kept', 'x'.repeat(400_000)],
])('one changed bit is found, %s, in each way to read, and told once', async (what, rest) => {
  const dir = tempDir()
  const store = newStore(dir)
  const raw = `the needle of ${what}${rest}`
  await deposit(store, raw)
  const name = blobName(Buffer.from(raw))
  expect(getBlob(store.views, name)?.toString()).toBe(raw)
  flip(dir, 'the needle of')
  lines.length = 0
  for (const read of [
    () => getBlob(store.views, name),
    () => blobInPlace(store.views, name),
    () => store.blobs.read(name),
    () => store.blobs.header(name),
  ]) {
    expect(read).toThrow(Refused)
    expect(read).toThrow(/damaged on the disk/)
  }
  expect(lines).toEqual([expect.stringContaining(name)])
  // The same message, sent once more, mends it.
  await deposit(store, raw)
  expect(getBlob(store.views, name)?.toString()).toBe(raw)
})

test('a large message that is read in pieces is read and hashed once', async () => {
  const dir = tempDir()
  const store = newStore(dir)
  const raw = `a large needle${'x'.repeat(400_000)}`
  await deposit(store, raw)
  const name = blobName(Buffer.from(raw))
  const first = store.blobs.read(name)
  flip(dir, 'a large needle')
  // What was found whole is kept: the disk is not asked again.
  expect(store.blobs.read(name)).toBe(first)
  expect(first?.toString()).toBe(raw)
  expect(store.blobs.header(name)).toBe(first)
  expect(() => getBlob(store.views, name)).toThrow(/damaged/)
})

test('what is kept has a bound, and the newest stays', async () => {
  const store = newStore(tempDir(), false)
  const names: string[] = []
  for (let i = 0; i < 4; i++) {
    const raw = `${i}`.repeat(20 * 1024 * 1024)
    await deposit(store, raw)
    names.push(blobName(Buffer.from(raw)))
  }
  const first = names.map((name) => store.blobs.read(name))
  const again = names.toReversed().map((name) => store.blobs.read(name))
  // Three of them fit.
  expect(again.map((bytes, i) => bytes === first[3 - i])).toEqual([true, true, true, false])
})
