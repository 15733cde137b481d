// Memory for large messages: never more than there is, each in its turn, nobody waits for ever.
import { afterEach, expect, test, vi } from 'vitest'
import { NoRoom, Room } from '../../../plugin/haraka/receive/room.ts'

afterEach(() => void vi.useRealTimers())

/** Work that ends when it is told to. */
class Work {
  readonly began: string[] = []
  readonly #ends = new Map<string, () => void>()

  of(name: string): () => Promise<string> {
    return async () => {
      this.began.push(name)
      await new Promise<void>((resolve) => this.#ends.set(name, resolve))
      return name
    }
  }

  end(name: string): void {
    this.#ends.get(name)?.()
  }
}

test('no more is taken than there is, and who came first goes first', async () => {
  const room = new Room(100, 1000)
  const work = new Work()
  const all = [
    room.with(50, work.of('a')),
    room.with(50, work.of('b')),
    room.with(80, work.of('c')),
    room.with(10, work.of('d')),
    room.with(10, work.of('e')),
  ]
  await vi.waitFor(() => expect(work.began).toEqual(['a', 'b']))
  work.end('a')
  await all[0]
  // Small ones do not pass the large one until it starves.
  expect(work.began).toEqual(['a', 'b'])
  work.end('b')
  await vi.waitFor(() => expect(work.began).toEqual(['a', 'b', 'c', 'd', 'e']))
  for (const name of ['c', 'd', 'e']) work.end(name)
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(room.peak).toBe(100)
})

test('one that is larger than the room is alone in it', async () => {
  const room = new Room(100, 1000)
  const work = new Work()
  const all = [room.with(500, work.of('a')), room.with(1, work.of('b'))]
  await vi.waitFor(() => expect(work.began).toEqual(['a']))
  work.end('a')
  await vi.waitFor(() => expect(work.began).toEqual(['a', 'b']))
  work.end('b')
  await Promise.all(all)
})

test('who waits too long is turned away', async () => {
  vi.useFakeTimers()
  const room = new Room(100, 1000)
  const work = new Work()
  const first = room.with(100, work.of('a'))
  const second = room.with(100, work.of('b'))
  const third = room.with(100, work.of('c')).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(999)
  work.end('a')
  await first
  await vi.advanceTimersByTimeAsync(1)
  expect(await third).toBeInstanceOf(NoRoom)
  expect(work.began).toEqual(['a', 'b'])
  work.end('b')
  expect(await second).toBe('b')
  expect(await room.with(100, () => Promise.resolve('free'))).toBe('free')
})

test('who fails gives his octets back', async () => {
  const room = new Room(100, 1000)
  await expect(room.with(100, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await room.with(100, () => Promise.resolve('free'))).toBe('free')
})
