// The bytes of a message as the SMTP client sent them. Haraka's own copy differs: it carries its trace
// header, its header is text decoded as UTF-8, and lines above max.data_line_length are broken. So each
// line is copied on its way in.
import type { Connection, Notes, Transaction } from './types.ts'

const DOT = 0x2e
/** What most messages fit into; doubled when it is full. */
const FIRST = 16 * 1024

/** One message while it comes in. Bounded by Haraka's max.bytes: lines above it are not handed on. */
export class Capture {
  #buffer = Buffer.allocUnsafe(FIRST)
  #size = 0
  /** The next line ends in a CRLF that Haraka put in. */
  #breaking = false
  /** The next line begins with a space that Haraka put in. */
  #joined = false

  /** Haraka is about to break the line it has into two: `\r\n ` goes in. */
  breaks(): void {
    this.#breaking = true
  }

  /** One line with its line end, dot-stuffed (RFC 5321 §4.5.2). */
  add(line: Buffer): void {
    const from = this.#joined || line[0] === DOT ? 1 : 0
    const to = this.#breaking ? line.length - 2 : line.length
    this.#joined = this.#breaking
    this.#breaking = false
    const end = this.#size + to - from
    if (end > this.#buffer.length) this.#grow(end)
    line.copy(this.#buffer, this.#size, from, to)
    this.#size = end
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size)
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#buffer.length))
    this.#buffer.copy(larger, 0, 0, this.#size)
    this.#buffer = larger
  }
}

const captures = new WeakMap<Transaction, Capture>()

/** Begins to copy what comes in; for the `data` hook, before the client is told to go ahead. */
export function capture({ transaction }: Connection): void {
  if (!transaction || captures.has(transaction)) return
  const bytes = new Capture()
  captures.set(transaction, bytes)
  const add = transaction.add_data.bind(transaction)
  transaction.add_data = (line) => {
    bytes.add(typeof line === 'string' ? Buffer.from(line) : line)
    add(line)
  }
  noticeBreaks(transaction.notes, bytes)
}

/** The message of this transaction, or null when the `data` hook never ran. */
export function captured(transaction: Transaction): Buffer | null {
  return captures.get(transaction)?.bytes() ?? null
}

/**
 * Connection._process_data sets this note each time it breaks a line, before it hands on the first part:
 * the only sign of it.
 */
function noticeBreaks(notes: Notes, bytes: Capture): void {
  let exceeded = notes.data_line_length_exceeded
  Object.defineProperty(notes, 'data_line_length_exceeded', {
    configurable: true,
    enumerable: true,
    get: () => exceeded,
    set: (value: unknown) => {
      exceeded = value
      bytes.breaks()
    },
  })
}
