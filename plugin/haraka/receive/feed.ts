// What a socket read of a message, on its way to Haraka, which works line by line: 64 KB of empty lines are tens of ms of its loop.
// So it gets a part at a time, and where a round of the loop has cost enough, the next part in a later one.
import { Rounds, type Paused } from './rounds.ts'

/** Octets that Haraka gets at once: no more lines than half of that. */
const PART = 4096
/** What costs less than this, in ms, need not be counted: ordinary mail in small pieces. */
const CHEAP_MS = 0.5
/** RFC 5321 §4.1.1.4: the end of a message, as Haraka looks for it: a line of one dot. */
const END = Buffer.from('\n.\r\n')

const rounds = new Rounds()

/** Where octets go. */
export interface Eater {
  give(part: Buffer): void
  /** After `give`: the message goes on. */
  goesOn(): boolean
}

export class Feed implements Paused {
  readonly #client: Paused
  readonly #eater: Eater
  /** What Haraka has not got yet. */
  #left: Buffer | null = null
  /** Octets of `#left` up to behind the end of the message; -1: it is not in there. */
  #end = -1
  /** The last octets that Haraka got. */
  readonly #tail = Buffer.alloc(END.length - 1)
  /** For its next round. */
  #waits = false
  /** For the disk. */
  #full = false
  /** By us. */
  #paused = false

  constructor(client: Paused, eater: Eater) {
    this.#client = client
    this.#eater = eater
  }

  /** Octets that Haraka has not got yet. */
  get waiting(): number {
    return this.#left?.length ?? 0
  }

  /** A message begins; `came`: octets of it that Haraka has already. */
  begin(came: Buffer | null): void {
    this.#full = false
    this.#keepTail(END.subarray(0, 1))
    if (came) this.#keepTail(came)
  }

  /** A piece of a message. `room`: false when the disk is slower than the client. */
  take(chunk: Buffer, room: boolean): void {
    if (!room) {
      this.#full = true
      this.#pause()
    }
    if (this.#left) {
      // Somebody else let the socket go on.
      this.#pause()
      this.#left = Buffer.concat([this.#left, chunk])
      this.#end = this.#endIn(this.#left)
      return
    }
    if (chunk.length <= PART && !rounds.has(this)) return this.#giveSmall(chunk)
    this.#left = chunk
    this.#end = this.#endIn(chunk)
    if (rounds.full) rounds.took(this, 0)
    else this.#work()
  }

  /** The disk can take more. */
  drained(): void {
    this.#full = false
    this.#read()
  }

  pause(): void {
    this.#waits = true
    this.#pause()
  }

  /** Its round has come. */
  resume(): void {
    this.#waits = false
    this.#work()
  }

  #giveSmall(chunk: Buffer): void {
    const began = performance.now()
    this.#keepTail(chunk)
    this.#eater.give(chunk)
    const ms = performance.now() - began
    if (!this.#eater.goesOn()) this.#full = false
    else if (ms > CHEAP_MS) rounds.took(this, ms)
    this.#read()
  }

  #work(): void {
    while (this.#left && !this.#waits) {
      const part = this.#next(this.#left)
      const began = performance.now()
      this.#eater.give(part)
      if (this.#eater.goesOn()) rounds.took(this, performance.now() - began)
      else this.#over()
    }
    this.#read()
  }

  /** What comes behind the end of a message is judged by Haraka with it: it gets all of that at once. */
  #next(left: Buffer): Buffer {
    const size = this.#end >= 0 && this.#end <= PART ? left.length : PART
    const part = left.subarray(0, size)
    this.#left = left.length > size ? left.subarray(size) : null
    this.#end = Math.max(-1, this.#end - size)
    this.#keepTail(part)
    return part
  }

  /** Haraka wants no more of this message: what is left is for it to refuse. */
  #over(): void {
    const left = this.#left
    this.#left = null
    this.#waits = this.#full = false
    rounds.leave(this)
    if (left) this.#eater.give(left)
  }

  #read(): void {
    if (!this.#paused || this.#left || this.#waits || this.#full) return
    this.#paused = false
    this.#client.resume()
  }

  #pause(): void {
    this.#paused = true
    this.#client.pause()
  }

  #keepTail(part: Buffer): void {
    const tail = this.#tail
    const size = Math.min(part.length, tail.length)
    tail.copyWithin(0, size)
    part.copy(tail, tail.length - size, part.length - size)
  }

  #endIn(chunk: Buffer): number {
    const across = Buffer.concat([this.#tail, chunk.subarray(0, this.#tail.length)])
    const at = across.indexOf(END)
    if (at >= 0) return at + END.length - this.#tail.length
    const within = chunk.indexOf(END)
    return within < 0 ? -1 : within + END.length
  }
}
