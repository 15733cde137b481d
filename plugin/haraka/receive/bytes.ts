// The bytes of a message as the SMTP client sent them. Haraka's own copy differs: it carries its trace
// header, its header is text decoded as UTF-8, and lines above max.data_line_length are broken. So the
// chunks of the socket are kept as they come in; nothing is done by line.
import { Buffers } from './buffers.ts'
import { Feed } from './feed.ts'
import { Spool, SPOOL_AFTER, type Spooled } from './spool.ts'
import type { Connection, Transaction } from '../types.ts'
import { unstuffed } from './unstuff.ts'

/** What comes in for one transaction from the DATA command on. */
class Recording {
  readonly #max: number
  readonly #spoolOf: () => Spool
  #bytes = buffers.take()
  #size = 0
  #message: Buffer | null = null
  #spool: Spool | null = null
  /** Somebody works on the message, and will say when that is over. */
  taken = false

  constructor(max: number, spoolOf: () => Spool) {
    this.#max = max
    this.#spoolOf = spoolOf
  }

  /** False when no more should come for now. */
  add(chunk: Buffer): boolean {
    // What comes behind the message is not of it, and the buffer is read elsewhere now.
    if (this.#message) return true
    const start = this.#size
    this.#size += chunk.length
    // Haraka refuses a message above max.bytes, but only at its end: no more of it is kept until then.
    if (this.#max > 0 && this.#size > this.#max + SLACK) return true
    // A copy: where Haraka parses bodies, it writes into the bytes it was given.
    if (this.#spool) return this.#spool.add(Buffer.from(chunk))
    if (this.#size > SPOOL_AFTER) {
      this.#spool = this.#spoolOf()
      this.#spool.add(Buffer.from(this.#bytes.subarray(0, start)))
      this.#giveBackBytes()
      return this.#spool.add(Buffer.from(chunk))
    }
    if (this.#size > this.#bytes.length) {
      const larger = buffers.take(Math.max(this.#size, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, start)
      this.#giveBackBytes()
      this.#bytes = larger
    }
    chunk.copy(this.#bytes, start)
    return true
  }

  /** The message without its end and its dot-stuffing; null when its end has not come. */
  async message(): Promise<Buffer | Spooled | null> {
    this.taken = true
    if (this.#spool) return await this.#spool.message()
    return (this.#message ??= unstuffed(
      this.#bytes.subarray(0, Math.min(this.#size, this.#bytes.length)),
    ))
  }

  /** What `message` gave is not used any more. */
  giveBack(): void {
    this.#giveBackBytes()
    this.#message = null
    this.#spool?.discard()
    this.#spool = null
  }

  #giveBackBytes(): void {
    buffers.giveBack(this.#bytes)
    this.#bytes = NOTHING
  }
}

/** Shared with the thread that judges: no message is copied on its way there. */
const buffers = new Buffers((size) => Buffer.from(new SharedArrayBuffer(size)))
const NOTHING = Buffer.alloc(0)

/** Stuffed dots, the end, and what a client sends behind it do not count for max.bytes: a bound for them. */
const SLACK = 1024 * 1024

// Properties of Haraka's objects under keys of our own. A WeakMap would keep what it maps alive through
// every minor garbage collection.
const RECORDING = Symbol('lazaret recording')
const FEED = Symbol('lazaret feed')
type Recorded = Transaction & { [RECORDING]?: Recording | null }
type Listened = Connection & { [FEED]?: Feed }

/**
 * Begins to keep what comes in; for the `data` hook, before the client is told to go ahead.
 * `max`: Haraka's bound on a message in octets, 0: none. `dir`: folder for large messages.
 */
export function capture(connection: Listened, max: number, dir: string): void {
  const transaction: Recorded | null = connection.transaction
  if (!transaction) return
  const feed = connection[FEED] ?? listen(connection)
  feed.begin(connection.current_data)
  const recording = new Recording(max, () => new Spool(dir, () => feed.drained()))
  // A client that does not wait for the reply to DATA: what it sent already.
  if (connection.current_data?.length) recording.add(connection.current_data)
  transaction[RECORDING] = recording
}

/** The message of this transaction, or null when the `data` hook never ran. Valid until `forget`. */
export async function captured(transaction: Recorded): Promise<Buffer | Spooled | null> {
  return (await transaction[RECORDING]?.message()) ?? null
}

/** The message is not used any more. */
export function forget(transaction: Recorded): void {
  transaction[RECORDING]?.giveBack()
  transaction[RECORDING] = null
}

/** The transaction is over, whatever came of it: the client may have gone in the middle of its message. */
export function abandon(transaction: Recorded): void {
  if (transaction[RECORDING]?.taken === false) forget(transaction)
}

/** From now on every chunk of this connection passes here. */
function listen(connection: Listened): Feed {
  const give = connection.process_data.bind(connection)
  const { client } = connection
  // Of a transaction that was given up, nothing is to be had any more.
  let transaction: Recorded | null = null
  const goesOn = (): boolean =>
    transaction !== null &&
    connection.transaction === transaction &&
    !connection.awaiting_data_reply
  const feed = new Feed(client, { give, goesOn })
  connection[FEED] = feed
  connection.process_data = (chunk) => {
    transaction = connection.transaction
    const recording = transaction?.[RECORDING]
    const room = recording?.add(chunk) !== false
    // What comes behind the end of a message, or is none, is for Haraka to hold up.
    if (feed.waiting === 0 && (!recording || !goesOn())) return give(chunk)
    feed.take(chunk, room)
    // Not to be kept by a client that says nothing more.
    if (feed.waiting === 0 && !goesOn()) transaction = null
  }
  return feed
}
