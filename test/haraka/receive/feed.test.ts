// A message on its way to Haraka: in parts, over rounds of the event loop, and the end of it with all that stands behind it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Feed } from '../../../plugin/haraka/receive/feed.ts'

const PART = 4096
const END = '\r\n.\r\n'
const round = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Haraka and a socket: what Haraka gets until the end of its message, and whether the socket is read. */
class Rig {
  reads = true
  ended = false
  readonly parts: Buffer[] = []
  readonly behind: string[] = []
  readonly feed: Feed

  /** @param work ms that a part takes */
  constructor(work = 0) {
    const client = { pause: () => (this.reads = false), resume: () => (this.reads = true) }
    const goesOn = (): boolean => !this.ended
    this.feed = new Feed(client, { give: (part) => this.#give(part, work), goesOn })
    this.feed.begin(null)
  }

  get text(): string {
    return Buffer.concat(this.parts).toString('latin1')
  }

  /** Resolves when all that was taken was given. */
  async given(): Promise<void> {
    while (this.feed.waiting > 0 || !this.reads) await round()
  }

  #give(part: Buffer, work: number): void {
    for (const from = performance.now(); performance.now() - from < work;);
    if (this.ended) return void this.behind.push(part.toString('latin1'))
    this.parts.push(part)
    // As Haraka finds it: in lines.
    this.ended = `\r\n${this.text}`.includes(END)
  }
}

test('of a piece that is much work one part is worked on in a round, and the socket is not read meanwhile', async () => {
  const one = new Rig(6)
  const parts = 16
  one.feed.take(Buffer.alloc(parts * PART, '\r\n'), true)
  const seen: number[] = []
  for (let n = 0; one.feed.waiting > 0; n++) {
    expect(one.reads).toBe(false)
    seen.push(one.parts.length)
    await round()
  }
  expect(seen).toEqual(Array.from({ length: parts - 1 }, (_, n) => n + 1))
  await one.given()
  expect(one.parts.map(({ length }) => length)).toEqual(Array.from({ length: parts }, () => PART))
})

test('pieces below a part count as well: one sender of many has no more than its round', async () => {
  const [one, other] = [new Rig(6), new Rig(6)]
  one.feed.take(Buffer.alloc(1000, '\r\n'), true)
  expect(one.reads).toBe(false)
  // In the same round: it waits for its own.
  other.feed.take(Buffer.alloc(2 * PART, '\r\n'), true)
  expect(other.parts).toHaveLength(0)
  await one.given()
  await other.given()
  expect(other.parts).toHaveLength(2)
})

test('what comes all the same while a part is left goes behind it', async () => {
  const one = new Rig(6)
  const sent = [0, 1, 2].map((n) => Buffer.alloc(2 * PART, `${n}\r\n`))
  for (const piece of sent) one.feed.take(piece, true)
  expect(one.reads).toBe(false)
  await one.given()
  expect(one.text).toBe(Buffer.concat(sent).toString('latin1'))
})

test('a disk that is slower than the client is waited for, and no longer than the message lasts', async () => {
  const one = new Rig()
  one.feed.take(Buffer.alloc(3 * PART, 'x\r\n'), false)
  while (one.feed.waiting > 0) await round()
  await round()
  expect(one.reads).toBe(false)
  one.feed.drained()
  await one.given()
  one.feed.take(Buffer.from(END), false)
  await one.given()
  expect(one.ended).toBe(true)
})

test('the end of a message comes with all that was read behind it, wherever it is cut', async () => {
  const text = fc
    .array(fc.constantFrom('\r\n', '.', 'x', '..\r\n', `${'y'.repeat(700)}\r\n`, 'z'.repeat(5000)))
    .map((words) => words.join('').replaceAll(END, '') + END)
  const behind = fc.constantFrom('', 'QUIT\r\n', `MAIL FROM:<a@b.example>\r\n${'R'.repeat(9000)}`)
  await fc.assert(
    fc.asyncProperty(text, behind, fc.array(fc.nat()), async (message, rest, cuts) => {
      const wire = Buffer.from(message + rest, 'latin1')
      const at = [...new Set(cuts.map((cut) => cut % wire.length))].sort((a, b) => a - b)
      const one = new Rig()
      let from = 0
      for (const to of [...at, wire.length]) {
        // Whatever of it was there is judged in the same turn.
        one.feed.take(wire.subarray(from, to), true)
        await one.given()
        if (one.ended) {
          const until = one.text.length
          expect([until, one.behind]).toEqual([to, []])
          break
        }
        from = to
      }
      expect(one.ended).toBe(true)
    }),
  )
})
