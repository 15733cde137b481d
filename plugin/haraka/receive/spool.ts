// Of a large message no more is in memory than the disk has not taken yet: what comes in goes to a file of the data
// directory, which becomes the stored message where it is held.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, unlink, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { Unstuffer } from './unstuff.ts'

/** From so many octets on a message is spooled. */
export const SPOOL_AFTER = 1024 * 1024
/** Octets that wait for the disk before the client has to. */
const WAITING_MAX = 1024 * 1024
/** Octets of the beginning that stay at hand: its header. */
const HEAD = 256 * 1024

/** A message in a file, its dots unstuffed. */
export interface Spooled {
  readonly path: string
  readonly size: number
  /** Its first octets, all of its header among them unless that is absurd. */
  readonly head: Buffer
}

export class Spool {
  readonly #path: string
  readonly #file: WriteStream
  readonly #dots = new Unstuffer()
  readonly #onDrain: () => void
  #head = Buffer.allocUnsafeSlow(HEAD)
  #headSize = 0
  #size = 0
  #failure: Error | null = null

  /** @param onDrain called when it can take more, after `add` has answered false */
  constructor(dir: string, onDrain: () => void) {
    this.#path = join(dir, `${process.pid}-${randomUUID()}`)
    this.#onDrain = onDrain
    this.#file = createWriteStream(this.#path, {
      flags: 'wx',
      mode: 0o600,
      highWaterMark: WAITING_MAX,
    })
    this.#file.on('drain', onDrain)
    this.#file.on('error', (error) => {
      this.#failure = error
      // The rest is read, and the client told at its end.
      onDrain()
    })
  }

  /** Adds bytes of the DATA phase, which must not change any more; false when no more should come for now. */
  add(chunk: Buffer): boolean {
    let room = true
    for (const run of this.#dots.push(chunk)) {
      if (this.#failure) break
      this.#headSize += run.copy(this.#head, this.#headSize)
      this.#size += run.length
      room = this.#file.write(run)
    }
    return room || this.#failure !== null
  }

  /** The message, all of it written; null when its end has not come. Throws what kept it from being written. */
  async message(): Promise<Spooled | null> {
    if (!this.#dots.ended) return null
    if (!this.#file.closed) {
      this.#file.end()
      if (!this.#failure)
        await once(this.#file, 'close').catch((error: unknown) => this.#fail(error))
    }
    if (this.#failure) throw this.#failure
    return { path: this.#path, size: this.#size, head: this.#head.subarray(0, this.#headSize) }
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error))
  }

  /** The message is not needed here any more. */
  discard(): void {
    this.#file.destroy()
    // Gone where it was kept: then it has its name now.
    const remove = (): void => unlink(this.#path, () => {})
    if (this.#file.closed) remove()
    else this.#file.once('close', remove)
    this.#file.off('drain', this.#onDrain)
  }
}
