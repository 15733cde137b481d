// Writer of responses: values to bytes. Whatever a value contains, it stays one value of one line.
import { isUtf8 } from 'node:buffer'
import { bytesOf, latin1, view, withoutNul } from './bytes.ts'
import { formatDateTime } from './dates.ts'
import { formatSet, rangesOf, type Range } from './sets.ts'
import { responseText, utf8Bytes } from './text.ts'
import { encodeUtf7 } from './utf7.ts'

/** Response code in brackets: its words, or a function that writes them. */
export type Code = string | ((writer: Writer) => void)

export type Status = 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH'

/** From here a literal is handed on as it is, below it is cheaper to copy. */
const BY_REFERENCE = 4096
/** Text is made a buffer in pieces of about this size. */
const PIECE = 32_768
/** Longer strings are literals: some clients read quoted strings into small buffers. */
const QUOTED_MAX = 1000

const BARE = /^[\x20!#-[\]-~]*$/ // needs no escape between quotes
const QUOTABLE = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/ // TEXT-CHAR of RFC 9051 §9
const QUOTABLE_UTF8 = /^[\x01-\x09\x0b\x0c\x0e-\xff]*$/
const ASTRING = /^[!#$&'+-[\]^-z|}~]+$/
const FLAG = /^(?:\\\*|\\?[!#$&'+-[^-z|}~]+)$/
const TOKEN = /^[\x21-\x7e]+$/

/**
 * Builds responses in memory. Methods chain; a space is put before each value but the first of a
 * line or list. `take` hands over what is built, in chunks, big literals uncopied.
 */
export class Writer {
  /** UTF8=ACCEPT or IMAP4rev2 is enabled: 8-bit text may stand in quotes, names are UTF-8 */
  utf8: boolean
  #chunks: Buffer[] = []
  #chunked = 0
  /** one char per byte */
  #text = ''
  #space = false
  /** where the unfinished line begins: chunk and char; -1 if part of it was taken */
  #lineChunk = 0
  #lineText = 0

  constructor(options: { utf8?: boolean } = {}) {
    this.utf8 = options.utf8 ?? false
  }

  /** Bytes built and not taken. */
  get size(): number {
    return this.#chunked + this.#text.length
  }

  /** Hands over all that is built, also of an unfinished line. */
  take(): Buffer[] {
    this.#flush()
    const chunks = this.#chunks
    this.#chunks = []
    this.#chunked = 0
    this.#lineChunk = this.#lineText === 0 && this.#lineChunk === chunks.length ? 0 : -1
    this.#lineText = 0
    return chunks
  }

  /** Drops the unfinished line; false if a part of it was taken already. */
  abandon(): boolean {
    this.#space = false
    if (this.#lineChunk < 0) return false
    for (const chunk of this.#chunks.splice(this.#lineChunk)) this.#chunked -= chunk.length
    this.#text = this.#text.slice(0, this.#lineText)
    return true
  }

  untagged(): this {
    return this.#put('*')
  }

  tagged(tag: string): this {
    return this.#put(TOKEN.test(tag) ? tag : '*')
  }

  /** `+ text`, whole line; SASL challenges are base64 and may be empty. */
  continuation(text = ''): this {
    this.#text += `+ ${text === '' ? '' : responseText(text, this.utf8)}`
    return this.crlf()
  }

  /** Status, response code and text for people, and the end of the line. */
  status(status: Status, text: string, code?: Code): this {
    this.#put(status)
    if (code !== undefined) this.code(code)
    return this.#put(responseText(text, this.utf8)).crlf()
  }

  ok(text: string, code?: Code): this {
    return this.status('OK', text, code)
  }

  no(text: string, code?: Code): this {
    return this.status('NO', text, code)
  }

  bad(text: string, code?: Code): this {
    return this.status('BAD', text, code)
  }

  bye(text: string, code?: Code): this {
    return this.status('BYE', text, code)
  }

  /** `[code]` */
  code(code: Code): this {
    this.#open('[')
    if (typeof code === 'function') code(this)
    else this.#put(code.replace(/[^\x20-\x5c\x5e-\x7e]/g, ''))
    return this.#close(']')
  }

  /** A word of the protocol; never text from a message. */
  atom(word: string): this {
    if (!TOKEN.test(word)) throw new Error(`not an atom: ${JSON.stringify(word)}`)
    return this.#put(word)
  }

  number(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a number: ${value}`)
    return this.#put(String(value))
  }

  nil(): this {
    return this.#put('NIL')
  }

  /** A value that another writer built whole (`serialize`), such as a cached ENVELOPE. */
  raw(value: string): this {
    return this.#put(value)
  }

  /** Quoted or literal, as the content demands. Strings travel as UTF-8, bytes as they are. */
  string(value: string | Uint8Array): this {
    const text = typeof value === 'string' ? utf8Bytes(value) : latin1(value)
    if (text.length <= QUOTED_MAX) {
      if (BARE.test(text)) return this.#put(`"${text}"`)
      const quotable = this.utf8
        ? QUOTABLE_UTF8.test(text) && isUtf8(bytesOf(text))
        : QUOTABLE.test(text)
      if (quotable) return this.#put(`"${text.replace(/["\\]/g, '\\$&')}"`)
    }
    return this.literal(bytesOf(text))
  }

  nstring(value: string | Uint8Array | null | undefined): this {
    return value === null || value === undefined ? this.nil() : this.string(value)
  }

  /** An atom where that is possible, else a string. */
  astring(value: string | Uint8Array): this {
    const text = typeof value === 'string' ? value : latin1(value)
    const bare = ASTRING.test(text) && text.length <= QUOTED_MAX && !/^nil$/i.test(text)
    return bare ? this.#put(text) : this.string(value)
  }

  /**
   * Literal, by reference if it is big: it must not change before it is sent. NUL becomes 0x80, as
   * literals cannot hold it (RFC 9051 §4.3.1); `binary` writes a literal8, which can. Nothing is `""`, not `{0}`.
   */
  literal(value: Uint8Array, options: { binary?: boolean } = {}): this {
    if (value.length === 0) return this.#put('""')
    const binary = options.binary ?? false
    const bytes = binary ? view(value) : withoutNul(view(value))
    this.#put(`${binary ? '~' : ''}{${bytes.length}}\r\n`)
    if (bytes.length < BY_REFERENCE) this.#text += bytes.toString('latin1')
    else {
      this.#flush()
      this.#push(bytes)
    }
    return this
  }

  /** `(`; the first value behind it has no space before it. */
  open(): this {
    return this.#open('(')
  }

  close(): this {
    return this.#close(')')
  }

  /** Parenthesised list of `values`, each written by `write`. */
  list<T>(values: Iterable<T>, write: (value: T, writer: Writer) => void): this {
    this.open()
    for (const value of values) write(value, this)
    return this.close()
  }

  /** No space before the next value: `(a)(b)` of addresses and bodies. */
  glue(): this {
    this.#space = false
    return this
  }

  /** `(\Seen $Junk)`; what is no flag is left out. */
  flags(flags: Iterable<string>): this {
    this.open()
    for (const flag of flags) if (FLAG.test(flag)) this.#put(flag)
    return this.close()
  }

  /** Set of ranges; there must be one at least. */
  set(ranges: readonly Range[]): this {
    if (ranges.length === 0) throw new Error('an empty set has no form')
    return this.#put(formatSet(ranges))
  }

  /** Set of numbers, in the order given (COPYUID relies on it); there must be one at least. */
  numbers(numbers: Iterable<number>): this {
    return this.set(rangesOf(numbers))
  }

  /** Mailbox name, in modified UTF-7 unless UTF-8 is enabled. */
  mailbox(name: string): this {
    return this.astring(this.utf8 ? name : encodeUtf7(name))
  }

  /** INTERNALDATE of milliseconds since 1970. */
  dateTime(time: number, zone = 0): this {
    return this.#put(formatDateTime(time, zone))
  }

  /** Whole lines that were built elsewhere, by reference: they must not change before they are sent. */
  lines(bytes: Buffer): this {
    this.#flush()
    this.#push(bytes)
    this.#lineChunk = this.#chunks.length
    return this
  }

  /** A piece of a line that goes on, by reference: once it was taken the line cannot be abandoned. */
  piece(bytes: Buffer): this {
    this.#flush()
    this.#push(bytes)
    return this
  }

  /** Ends the line. */
  crlf(): this {
    this.#text += '\r\n'
    this.#space = false
    if (this.#text.length >= PIECE) this.#flush()
    this.#lineChunk = this.#chunks.length
    this.#lineText = this.#text.length
    return this
  }

  #put(text: string): this {
    this.#text += this.#space ? ` ${text}` : text
    this.#space = true
    return this
  }

  #open(bracket: string): this {
    this.#put(bracket)
    this.#space = false
    return this
  }

  #close(bracket: string): this {
    this.#text += bracket
    this.#space = true
    return this
  }

  /** Makes the text a chunk; cuts at the start of the unfinished line, which may be abandoned. */
  #flush(): void {
    if (this.#lineText > 0) {
      this.#push(bytesOf(this.#text.slice(0, this.#lineText)))
      this.#text = this.#text.slice(this.#lineText)
      this.#lineText = 0
      this.#lineChunk = this.#chunks.length
    }
    if (this.#text === '') return
    this.#push(bytesOf(this.#text))
    this.#text = ''
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#chunked += chunk.length
  }
}

/** One value as a string for `raw`, one char per byte. */
export function serialize(
  write: (writer: Writer) => void,
  options: { utf8?: boolean } = {},
): string {
  const writer = new Writer(options)
  write(writer)
  return Buffer.concat(writer.take()).toString('latin1')
}
