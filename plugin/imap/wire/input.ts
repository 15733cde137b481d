// Queue of chunks from the socket, read by lines and by counts. What comes out does not depend on
// where the chunks were cut.
import { view } from './bytes.ts'
import { CR, LF } from './chars.ts'
import { Gather } from './gather.ts'

const EMPTY: Buffer = Buffer.alloc(0)
const CRLF = Buffer.from('\r\n')

/** RFC 9051 §2.2: lines end with CRLF; a bare LF is tolerated. */
function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === CR ? line.subarray(0, -1) : line
}

export class Input {
  #chunks: Buffer[] = []
  #first = 0
  #at = 0
  #queued = 0
  /** start of a line whose end has not come */
  #held = new Gather()
  #skipped = 0
  #tail: Buffer = EMPTY

  /** Bytes pushed and not given back by any call. */
  get size(): number {
    return this.#queued + this.#held.size
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(view(chunk))
    this.#queued += chunk.length
  }

  /** Puts a line back to the front. */
  unread(line: Uint8Array): void {
    const rest = this.take()
    for (const chunk of [line, CRLF, rest]) this.push(chunk)
  }

  /** All bytes that are left; the input is empty then. */
  take(): Buffer {
    const rest = this.#chunks.slice(this.#first)
    if (rest.length > 0) rest[0] = rest[0].subarray(this.#at)
    const all = Buffer.concat([this.#held.take(), ...rest])
    this.#chunks = []
    this.#first = this.#at = this.#queued = 0
    return all
  }

  /** Next line without its end, if at most `max` bytes stand before its LF; else 'long'. */
  line(max: number): Buffer | 'long' | undefined {
    while (this.#queued > 0) {
      const chunk = this.#chunks[this.#first]
      const found = chunk.indexOf(LF, this.#at)
      const end = found < 0 ? chunk.length : found
      if (this.#held.size + end - this.#at > max) return 'long'
      if (found >= 0 && this.#held.size === 0) {
        const line = chunk.subarray(this.#at, end)
        this.#consume(end + 1 - this.#at)
        return withoutCr(line)
      }
      this.#held.add(chunk, this.#at, end)
      this.#consume(end - this.#at)
      if (found < 0) continue
      this.#consume(1)
      return withoutCr(this.#held.take())
    }
    return undefined
  }

  /** Begins to throw a 'long' line away; gives up to `count` bytes of its start. */
  beginSkip(count: number): Buffer {
    const held = this.#held.take()
    const chunk = this.#chunks[this.#first]
    const start = Buffer.concat([held, chunk.subarray(this.#at, this.#at + count)])
    this.#skipped = held.length
    this.#tail = held
    return start.subarray(0, count)
  }

  /** Begins to throw the next line away. */
  beginSkipNext(): void {
    this.#skipped = 0
    this.#tail = EMPTY
  }

  /**
   * Throws the rest of a line away. Gives its last `keep` bytes at its end, undefined when more
   * input is needed, 'long' when the line has more than `max` bytes.
   */
  skipLine(max: number, keep: number): Buffer | 'long' | undefined {
    while (this.#queued > 0) {
      const chunk = this.#chunks[this.#first]
      const found = chunk.indexOf(LF, this.#at)
      const end = found < 0 ? chunk.length : found
      this.#skipped += end - this.#at
      if (this.#skipped > max) return 'long'
      const last = chunk.subarray(Math.max(this.#at, end - keep), end)
      this.#tail = Buffer.concat([this.#tail, last]).subarray(-keep)
      this.#consume(found < 0 ? end - this.#at : end + 1 - this.#at)
      if (found >= 0) return withoutCr(this.#tail)
    }
    return undefined
  }

  /** Moves up to `count` bytes to `into`, which will hold `most` in the end; gives how many. */
  read(count: number, into: Gather, most: number): number {
    let done = 0
    while (done < count && this.#queued > 0) {
      const chunk = this.#chunks[this.#first]
      const end = Math.min(chunk.length, this.#at + count - done)
      into.add(chunk, this.#at, end, most)
      done += end - this.#at
      this.#consume(end - this.#at)
    }
    return done
  }

  /** Throws up to `count` bytes away; gives how many. */
  skip(count: number): number {
    let done = 0
    while (done < count && this.#queued > 0) {
      const step = Math.min(this.#chunks[this.#first].length - this.#at, count - done)
      done += step
      this.#consume(step)
    }
    return done
  }

  #consume(count: number): void {
    this.#at += count
    this.#queued -= count
    if (this.#at < this.#chunks[this.#first].length) return
    this.#chunks[this.#first++] = EMPTY
    this.#at = 0
    if (this.#first < 64 && this.#first < this.#chunks.length) return
    this.#chunks = this.#chunks.slice(this.#first)
    this.#first = 0
  }
}
