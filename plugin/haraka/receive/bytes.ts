// The bytes of a message as the SMTP client sent them. Haraka's own copy differs: it carries its trace
// header, its header is text decoded as UTF-8, and lines above max.data_line_length are broken. So the
// chunks of the socket are kept as they come in; nothing is done by line.
import { Buffers } from './buffers.ts'
import type { Connection, Transaction } from '../types.ts'
import { CR, LF } from '../../mime/octets.ts'

const DOT = 0x2e
const CRLF_DOT = Buffer.from('\r\n.')

/** What comes in for one transaction from the DATA command on. */
class Recording {
  readonly #max: number
  #bytes = buffers.take()
  #size = 0
  #message: Buffer | null = null

  constructor(max: number) {
    this.#max = max
  }

  add(chunk: Buffer): void {
    // What comes behind the message is not of it, and the buffer is read elsewhere now.
    if (this.#message) return
    const start = this.#size
    this.#size += chunk.length
    // Haraka refuses a message above max.bytes, but only at its end: no more of it is kept until then.
    if (this.#max > 0 && this.#size > this.#max + SLACK) return
    if (this.#size > this.#bytes.length) {
      const larger = buffers.take(Math.max(this.#size, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, start)
      this.giveBack()
      this.#bytes = larger
    }
    // A copy: where Haraka parses bodies, it writes into the bytes it was given.
    chunk.copy(this.#bytes, start)
  }

  /** The message without its end and its dot-stuffing; null when its end has not come. */
  message(): Buffer | null {
    return (this.#message ??= unstuffed(
      this.#bytes.subarray(0, Math.min(this.#size, this.#bytes.length)),
    ))
  }

  /** What `message` gave is not used any more. */
  giveBack(): void {
    buffers.giveBack(this.#bytes)
    this.#bytes = NOTHING
    this.#message = null
  }
}

/** Shared with the thread that judges: no message is copied on its way there. */
const buffers = new Buffers((size) => Buffer.from(new SharedArrayBuffer(size)))
const NOTHING = Buffer.alloc(0)

/** Stuffed dots, the end, and what a client sends behind it do not count for max.bytes: a bound for them. */
const SLACK = 1024 * 1024

/**
 * RFC 5321 §4.5.2: the message that these bytes of a DATA phase begin with, its stuffed dots taken away;
 * null when its end is not there. In place: `wire` is used up.
 */
export function unstuffed(wire: Buffer): Buffer | null {
  let from = 0
  let to = 0
  // `at`: a dot that is the first of its line.
  for (let at = wire[0] === DOT ? 0 : next(wire, 0); at >= 0; at = next(wire, at)) {
    if (from > to) wire.copyWithin(to, from, at)
    to += at - from
    if (wire[at + 1] === CR && wire[at + 2] === LF) return wire.subarray(0, to)
    from = at + 1
  }
  return null
}

/** The first dot behind `at` that begins a line, or -1. */
function next(wire: Buffer, at: number): number {
  const found = wire.indexOf(CRLF_DOT, at)
  return found < 0 ? -1 : found + 2
}

// Properties of Haraka's objects under keys of our own. A WeakMap would keep what it maps alive through
// every minor garbage collection.
const RECORDING = Symbol('lazaret recording')
const LISTENS = Symbol('lazaret listens')
type Recorded = Transaction & { [RECORDING]?: Recording | null }
type Listened = Connection & { [LISTENS]?: true }

/**
 * Begins to keep what comes in; for the `data` hook, before the client is told to go ahead.
 * `max`: Haraka's bound on a message in octets, 0: none.
 */
export function capture(connection: Listened, max: number): void {
  const transaction: Recorded | null = connection.transaction
  if (!transaction) return
  if (!connection[LISTENS]) listen(connection)
  const recording = new Recording(max)
  // A client that does not wait for the reply to DATA: what it sent already.
  if (connection.current_data?.length) recording.add(connection.current_data)
  transaction[RECORDING] = recording
}

/** The message of this transaction, or null when the `data` hook never ran. Valid until `forget`. */
export function captured(transaction: Recorded): Buffer | null {
  return transaction[RECORDING]?.message() ?? null
}

/** The message is not used any more. */
export function forget(transaction: Recorded): void {
  transaction[RECORDING]?.giveBack()
  transaction[RECORDING] = null
}

/** From now on every chunk of this connection passes here. */
function listen(connection: Listened): void {
  const process = connection.process_data.bind(connection)
  connection[LISTENS] = true
  connection.process_data = (chunk) => {
    // Of a transaction that was given up, nothing is to be had any more.
    const transaction: Recorded | null = connection.transaction
    transaction?.[RECORDING]?.add(chunk)
    process(chunk)
  }
}
