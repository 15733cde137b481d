// The bytes of a message as the SMTP client sent them. Haraka's own copy differs: it carries its trace
// header, its header is text decoded as UTF-8, and lines above max.data_line_length are broken. So the
// chunks of the socket are kept as they come in; nothing is done by line.
import type { Connection, Transaction } from './types.ts'

const DOT = 0x2e
const CR = 0x0d
const LF = 0x0a
const CRLF_DOT = Buffer.from('\r\n.')

/** What comes in for one transaction from the DATA command on. */
class Recording {
  readonly transaction: Transaction
  readonly #max: number
  #chunks: Buffer[] = []
  #size = 0

  constructor(transaction: Transaction, max: number) {
    this.transaction = transaction
    this.#max = max
  }

  add(chunk: Buffer): void {
    this.#size += chunk.length
    // Haraka refuses a message above max.bytes, but only at its end: nothing of it is kept until then.
    if (this.#max > 0 && this.#size > this.#max + SLACK) this.#chunks = []
    // A copy: where Haraka parses bodies, it writes into the bytes it was given.
    else this.#chunks.push(Buffer.from(chunk))
  }

  /** The message without its end and its dot-stuffing; null when its end has not come. */
  message(): Buffer | null {
    return unstuffed(this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks))
  }
}

/** Stuffed dots, the end, and what a client sends behind it do not count for max.bytes: a bound for them. */
const SLACK = 1024 * 1024

/** RFC 5321 §4.5.2: the message that these bytes of a DATA phase begin with, its stuffed dots taken away. */
export function unstuffed(wire: Buffer): Buffer | null {
  const parts: Buffer[] = []
  let from = 0
  if (wire[0] === DOT) {
    if (ends(wire, 0)) return Buffer.alloc(0)
    from = 1
  }
  for (let at = wire.indexOf(CRLF_DOT); at >= 0; at = wire.indexOf(CRLF_DOT, at + 2)) {
    const dot = at + 2
    parts.push(wire.subarray(from, dot))
    if (ends(wire, dot)) return parts.length === 1 ? parts[0] : Buffer.concat(parts)
    from = dot + 1
  }
  return null
}

/** Is the dot at `dot`, first in its line, alone in it? */
function ends(wire: Buffer, dot: number): boolean {
  return wire[dot + 1] === CR && wire[dot + 2] === LF
}

const recordings = new WeakMap<Connection, Recording | null>()

/**
 * Begins to keep what comes in; for the `data` hook, before the client is told to go ahead.
 * `max`: Haraka's bound on a message in octets, 0: none.
 */
export function capture(connection: Connection, max: number): void {
  const { transaction } = connection
  if (!transaction) return
  if (!recordings.has(connection)) listen(connection)
  const recording = new Recording(transaction, max)
  // A client that does not wait for the reply to DATA: what it sent already.
  if (connection.current_data?.length) recording.add(connection.current_data)
  recordings.set(connection, recording)
}

/** The message of this transaction, or null when the `data` hook never ran. */
export function captured(connection: Connection, transaction: Transaction): Buffer | null {
  const recording = recordings.get(connection)
  if (recording?.transaction !== transaction) return null
  const message = recording.message()
  recordings.set(connection, null)
  return message
}

/** From now on every chunk of this connection passes here. */
function listen(connection: Connection): void {
  const process = connection.process_data.bind(connection)
  connection.process_data = (chunk) => {
    const recording = recordings.get(connection)
    // Of a transaction that was given up, nothing is to be had any more.
    if (recording && recording.transaction === connection.transaction) recording.add(chunk)
    process(chunk)
  }
}
