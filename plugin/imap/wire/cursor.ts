// Cursor over the parts of one command: the characters, atoms, strings and numbers of RFC 9051 §9.
import { isUtf8 } from 'node:buffer'
import { Bad } from '../../errors.ts'
import { latin1 } from './bytes.ts'
import * as chars from './chars.ts'
import { isClass } from './chars.ts'
import type { Part } from './step.ts'

/** Largest values: number is 32 bits, number64 63 bits (RFC 9051 §9, RFC 7162 §7). */
const NUMBER_MAX = 0xffff_ffff
const NUMBER64_MAX = 2n ** 63n - 1n

export interface Literal {
  readonly bytes: Buffer
  readonly binary: boolean
}

/**
 * Methods come in pairs: `takeX` moves on and tells if X stood there, `x` or `needX` throws Bad
 * with the position and what was expected.
 */
export class Cursor {
  readonly #parts: readonly Part[]
  #index = 0
  #bytes: Buffer
  /** the same, one char per byte: slices of it are cheaper than of the bytes */
  #text: string
  #at: number

  /** Reads `parts` from byte `at` of the first, which is text. */
  constructor(parts: readonly Part[], at = 0) {
    this.#parts = parts
    this.#bytes = parts[0].bytes
    this.#text = latin1(this.#bytes)
    this.#at = at
  }

  /** Byte at the cursor, or -1 at the end of the text: a literal or the end of the command. */
  peek(ahead = 0): number {
    const at = this.#at + ahead
    return at < this.#bytes.length ? this.#bytes[at] : -1
  }

  /** True if a literal stands at the cursor. */
  get atLiteral(): boolean {
    return this.#at >= this.#bytes.length && this.#index + 1 < this.#parts.length
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length && this.#index + 1 >= this.#parts.length
  }

  /** True if no literal stands before the end of what is there. */
  get inLastText(): boolean {
    return this.#index + 1 >= this.#parts.length
  }

  /** Bytes of the command before the cursor, literals included, their announcements not. */
  get position(): number {
    let before = 0
    for (let i = 0; i < this.#index; i++) before += this.#parts[i].bytes.length
    return before + this.#at
  }

  /** Error for what stands at the cursor. */
  bad(expected: string): Bad {
    const found = this.atEnd
      ? 'found the end'
      : this.atLiteral
        ? 'found a literal'
        : this.peek() >= 0x20 && this.peek() <= 0x7e
          ? `found '${String.fromCharCode(this.peek())}'`
          : `found byte ${this.peek()}`
    return new Bad(`Expected ${expected} at position ${this.position}, ${found}`)
  }

  /** Takes one character. */
  take(char: string): boolean {
    if (this.peek() !== char.charCodeAt(0)) return false
    this.#at++
    return true
  }

  need(char: string): void {
    if (!this.take(char)) throw this.bad(char === ' ' ? 'a space' : `'${char}'`)
  }

  needSpace(): void {
    this.need(' ')
  }

  /** End of the command. Spaces before it are tolerated: clients of all ages send one. */
  needEnd(): void {
    while (this.take(' ')) continue
    if (!this.atEnd) throw this.bad('the end of the command')
  }

  /** Longest run of bytes of the classes `bits`; may be empty. */
  run(bits: number): string {
    const from = this.#at
    const { length } = this.#bytes
    while (this.#at < length && (chars.CLASSES[this.#bytes[this.#at]] & bits) !== 0) this.#at++
    return this.#text.slice(from, this.#at)
  }

  /** Takes `word`, in any case, if no further character of its kind follows. */
  takeWord(word: string): boolean {
    const end = this.#at + word.length
    if (isClass(this.#bytes[end] ?? -1, chars.NAME)) return false
    if (this.#text.slice(this.#at, end).toUpperCase() !== word) return false
    this.#at = end
    return true
  }

  /** Takes `text`, in any case, whatever follows. */
  takeText(text: string): boolean {
    const end = this.#at + text.length
    if (this.#text.slice(this.#at, end).toUpperCase() !== text) return false
    this.#at = end
    return true
  }

  /** Name of a command, item or option, in upper case: letters, digits, '-' and '.'. */
  word(expected: string): string {
    const word = this.run(chars.NAME)
    if (word === '') throw this.bad(expected)
    return word.toUpperCase()
  }

  atom(expected = 'an atom'): string {
    const atom = this.run(chars.ATOM)
    if (atom === '') throw this.bad(expected)
    return atom
  }

  /** number (RFC 9051 §9): 0..4294967295 */
  number(expected = 'a number'): number {
    const start = this.#at
    const digits = this.run(chars.DIGIT)
    const value = Number(digits)
    if (digits !== '' && value <= NUMBER_MAX) return value
    this.#at = start
    throw this.bad(digits === '' ? expected : `${expected} of at most ${NUMBER_MAX}`)
  }

  nzNumber(expected = 'a number above 0'): number {
    const start = this.#at
    const value = this.number(expected)
    if (value > 0) return value
    this.#at = start
    throw this.bad(expected)
  }

  /** number64, up to 2^63-1; above 2^53-1 it is held at 2^53-1, which no count of ours reaches. */
  number64(expected = 'a number'): number {
    const start = this.#at
    const digits = this.run(chars.DIGIT)
    if (digits !== '' && (digits.length < 19 || BigInt(digits) <= NUMBER64_MAX)) {
      return Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
    }
    this.#at = start
    throw this.bad(digits === '' ? expected : `${expected} of at most ${NUMBER64_MAX}`)
  }

  /** Takes a quoted string; gives its bytes without quotes and escapes. */
  takeQuoted(): Buffer | undefined {
    if (this.peek() !== chars.QUOTE) return undefined
    const bytes = this.#bytes
    const from = this.#at + 1
    let at = from
    let escapes = 0
    while (at < bytes.length && bytes[at] !== chars.QUOTE) {
      if (bytes[at] === chars.BACKSLASH) {
        at++
        escapes++
        if (bytes[at] !== chars.QUOTE && bytes[at] !== chars.BACKSLASH) {
          this.#at = at
          throw this.bad("'\"' or '\\' after a backslash")
        }
      } else if (bytes[at] === chars.CR || bytes[at] === 0) {
        this.#at = at
        throw this.bad('no CR or NUL in a quoted string')
      }
      at++
    }
    if (at >= bytes.length) {
      this.#at = at
      throw this.bad('a closing quote')
    }
    this.#at = at + 1
    const raw = bytes.subarray(from, at)
    if (escapes === 0) return raw
    const plain = Buffer.alloc(raw.length - escapes)
    for (let i = 0, to = 0; i < raw.length; i++) {
      if (raw[i] === chars.BACKSLASH) i++
      plain[to++] = raw[i]
    }
    return plain
  }

  /** Takes a literal or literal8. */
  takeLiteral(): Literal | undefined {
    if (!this.atLiteral) return undefined
    const part = this.#parts[this.#index + 1]
    if (part.kind !== 'literal') throw new Error('a literal must follow the text')
    this.#index += 2
    this.#bytes = this.#parts[this.#index].bytes
    this.#text = latin1(this.#bytes)
    this.#at = 0
    return part
  }

  /** quoted / literal; a literal8 is none (RFC 9051 §9 "string"). */
  takeString(): Buffer | undefined {
    const start = this.position
    const literal = this.takeLiteral()
    if (!literal) return this.takeQuoted()
    if (literal.binary) throw new Bad(`Expected a string at position ${start}, found a literal8`)
    if (literal.bytes.includes(0)) {
      // RFC 9051 §9: CHAR8 is 0x01..0xFF
      throw new Bad(`Expected no NUL in the literal at position ${start}`)
    }
    return literal.bytes
  }

  stringBytes(expected = 'a string'): Buffer {
    const bytes = this.takeString()
    if (bytes === undefined) throw this.bad(expected)
    return bytes
  }

  /** astring: an atom with ']' allowed, or a string. NIL is an atom here (RFC 9051 §9). */
  astringBytes(expected?: string): Buffer {
    return this.takeString() ?? Buffer.from(this.astring(expected), 'latin1')
  }

  string(expected = 'a string'): string {
    const start = this.position
    return decode(this.stringBytes(expected), start)
  }

  astring(expected = 'an atom or a string'): string {
    const start = this.position
    const bytes = this.takeString()
    if (bytes !== undefined) return decode(bytes, start)
    const atom = this.run(chars.ASTRING)
    if (atom === '') throw this.bad(expected)
    return atom
  }

  /** nstring: NIL is null; `""` is the empty string. */
  nstring(expected = 'a string or NIL'): string | null {
    return this.takeWord('NIL') ? null : this.string(expected)
  }

  /** '(' item *(SP item) ')'; `empty` allows '()'. Gives the number of items read. */
  list(item: () => void, options: { max: number; empty?: boolean }): number {
    this.need('(')
    if (options.empty && this.take(')')) return 0
    let count = 0
    do {
      if (++count > options.max) throw new Bad(`A list has more than ${options.max} items`)
      item()
    } while (this.take(' '))
    this.need(')')
    return count
  }
}

/** UTF-8 (RFC 9051 §4.3), or Bad naming the position of the string. */
export function decode(bytes: Buffer, position: number): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw new Bad(`Expected UTF-8 in the string at position ${position}`)
}
