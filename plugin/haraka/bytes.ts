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
  readonly #max: number
  #bytes = takeBuffer()
  #size = 0

  constructor(max: number) {
    this.#max = max
  }

  add(chunk: Buffer): void {
    const start = this.#size
    this.#size += chunk.length
    // Haraka refuses a message above max.bytes, but only at its end: no more of it is kept until then.
    if (this.#max > 0 && this.#size > this.#max + SLACK) return
    if (this.#size > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#size, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, start)
      this.giveBack()
      this.#bytes = larger
    }
    // A copy: where Haraka parses bodies, it writes into the bytes it was given.
    chunk.copy(this.#bytes, start)
  }

  /** The message without its end and its dot-stuffing; null when its end has not come. */
  message(): Buffer | null {
    return unstuffed(this.#bytes.subarray(0, Math.min(this.#size, this.#bytes.length)))
  }

  /** What `message` gave is not used any more. */
  giveBack(): void {
    if (this.#bytes.length === KEPT_SIZE && idle.length < KEPT_MOST) idle.push(this.#bytes)
    this.#bytes = NOTHING
  }
}

// Each message in memory of its own would cost more in garbage collection than its judgement.
const KEPT_SIZE = 65_536
const KEPT_MOST = 32
const idle: Buffer[] = []
const NOTHING = Buffer.alloc(0)

const takeBuffer = (): Buffer => idle.pop() ?? Buffer.allocUnsafeSlow(KEPT_SIZE)

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
