// RFC 5322 §2.2: a header is a run of fields, each with its folded lines, ended by an empty line.
// Tolerant as mail is: lines may end in LF alone, a bare CR is an ordinary byte, a line without a
// colon (mbox's "From ") is a field without a name, and the end of the bytes ends the header.
import { CR, LF, SP, TAB } from './octets.ts'

const COLON = 58
const DASH = 45

/** Fields behind this many are kept as one without a name: bounds the memory a message can ask for. */
export const FIELDS_MAX = 10_000

/** One header field; the numbers are offsets into the raw message. */
export interface Field {
  /** Hash of the lower-case name, see `nameHash`; 0 for a line without a colon. */
  readonly hash: number
  readonly start: number
  /** End of the name, white space before the colon left out. */
  readonly nameEnd: number
  /** First byte of the value: behind the colon and the spaces and tabs after it. */
  readonly value: number
  /** End of the value: before the line end of its last line. */
  readonly valueEnd: number
  /** End of the field, its last line end included. */
  readonly end: number
}

/** Octets of a header that are turned into text as one. */
const TEXT_MAX = 1024 * 1024

export class Header {
  readonly raw: Buffer
  readonly start: number
  /** End of the last field: where the empty line stands, if there is one. */
  readonly fieldsEnd: number
  /** End of the header with its empty line: where the body starts. */
  readonly end: number
  readonly fields: readonly Field[]
  #text: string | null = null

  constructor(
    raw: Buffer,
    start: number,
    fieldsEnd: number,
    end: number,
    fields: readonly Field[],
  ) {
    this.raw = raw
    this.start = start
    this.fieldsEnd = fieldsEnd
    this.end = end
    this.fields = fields
  }

  /** The bytes between two offsets into the message as latin1; one conversion serves all fields. */
  slice(from: number, to: number): string {
    // Of a header that nobody writes little is asked for.
    if (this.fieldsEnd - this.start > TEXT_MAX) return this.raw.toString('latin1', from, to)
    this.#text ??= this.raw.toString('latin1', this.start, this.fieldsEnd)
    return this.#text.slice(from - this.start, to - this.start)
  }
}

const hashStep = (hash: number, byte: number) => (Math.imul(hash, 31) + (byte | 0x20)) | 0

/** The hash under which the fields called `name` (ASCII, any case) are found. */
export function nameHash(name: string): number {
  let hash = 7
  for (let i = 0; i < name.length; i++) hash = hashStep(hash, name.charCodeAt(i))
  return hash
}

/**
 * Splits the bytes from `start` into fields, in time linear in the bytes read.
 * `stop(lineStart)` is asked at every line that starts with "-" and ends the header before that line:
 * a part's header is cut short by a boundary of a multipart around it.
 * `ahead`: what `emptyLineSteps` found, where somebody looked.
 */
export function parseHeader(
  raw: Buffer,
  start = 0,
  stop?: (lineStart: number) => boolean,
  ahead?: number,
): Header {
  const size = raw.length
  const fields: Field[] = []
  let at = start
  while (at < size) {
    const first = raw[at]
    if (first === LF) return new Header(raw, start, at, at + 1, fields)
    if (first === CR && at + 1 < size && raw[at + 1] === LF) {
      return new Header(raw, start, at, at + 2, fields)
    }
    if (first === DASH && stop?.(at)) break
    const fieldStart = at
    // Buffer.indexOf is several times faster than a loop over the bytes of a value.
    let lf = raw.indexOf(LF, at)
    if (lf < 0) lf = size
    let hash = nameHash('')
    let nameEnd = at
    let byte = 0
    for (; at < lf && (byte = raw[at]) !== COLON; at++) {
      if (byte === SP || byte === TAB) continue
      // White space inside a name makes another name of it; before the colon it does not count.
      if (nameEnd !== at) hash = hashStep(hash, 256)
      hash = hashStep(hash, byte)
      nameEnd = at + 1
    }
    if (at < lf) at++
    else hash = 0
    while (at < lf && (raw[at] === SP || raw[at] === TAB)) at++
    const value = at
    // RFC 5322 §2.2.3: the value goes on as long as the next line starts with white space.
    while (lf + 1 < size && (raw[lf + 1] === SP || raw[lf + 1] === TAB)) {
      lf = raw.indexOf(LF, lf + 1)
      if (lf < 0) lf = size
    }
    at = Math.min(lf + 1, size)
    const valueEnd = lf < size && lf > value && raw[lf - 1] === CR ? lf - 1 : lf
    if (fields.length < FIELDS_MAX) {
      fields.push({ hash, start: fieldStart, nameEnd, value, valueEnd, end: at })
    } else {
      if (!stop) return manyFields(raw, start, fields, ahead ?? emptyLine(raw, fieldStart))
      // A part of which nobody reads so much: the rest is its body.
      at = fieldStart
      break
    }
  }
  return new Header(raw, start, at, at, fields)
}

/** The header whose fields are too many to be looked at: the last one is all that follows up to the empty line. */
function manyFields(raw: Buffer, start: number, fields: Field[], line: number): Header {
  const none = line < 0
  const fieldsEnd = none ? raw.length : line
  const valueEnd = none ? fieldsEnd : line - (raw[line - 2] === CR ? 2 : 1)
  const end = none ? fieldsEnd : line + (raw[line] === CR ? 2 : 1)
  const last = fields[FIELDS_MAX - 1].start
  fields[FIELDS_MAX - 1] = {
    hash: 0,
    start: last,
    nameEnd: last,
    value: last,
    valueEnd,
    end: fieldsEnd,
  }
  return new Header(raw, start, fieldsEnd, end, fields)
}

/** Where the first empty line from `at` on starts; -1 for none. */
function emptyLine(raw: Buffer, at: number, until = raw.length): number {
  // Both kinds are looked for side by side: there may be but one of them, far away.
  const lf = raw.subarray(0, until).indexOf('\n\n', at - 1)
  const crlf = raw.subarray(0, lf < 0 ? until : lf + 1).indexOf('\n\r\n', at - 1)
  const found = crlf < 0 ? lf : crlf
  return found < 0 ? -1 : found + 1
}

/** Octets in which an end of the header is looked for at once. */
const STEP = 1024 * 1024

/**
 * Looks for the end of a message's header in steps, so that others get their turn: where its empty line starts, -1 for
 * none. A look at each of millions of short lines takes long.
 */
export function* emptyLineSteps(raw: Buffer): Generator<void, number> {
  for (let at = 1; at < raw.length; at += STEP) {
    const line = emptyLine(raw, at, Math.min(raw.length, at + STEP + 1))
    if (line >= 0) return line
    yield
  }
  return -1
}

/** The same of a whole message, with a copy of the header's bytes alone: `raw` need not be kept. */
export function parseHeaderAlone(raw: Buffer): Header {
  const { start, fieldsEnd, end, fields } = parseHeader(raw)
  return new Header(Buffer.from(raw.subarray(0, end)), start, fieldsEnd, end, fields)
}

/** The field's name in lower case. */
export function fieldName(header: Header, field: Field): string {
  return field.hash === 0 ? '' : header.slice(field.start, field.nameEnd).toLowerCase()
}

/** True when the field is called `name` (lower case); the hash first, the bytes to be sure. */
export function isNamed(header: Header, field: Field, name: string, hash = nameHash(name)) {
  if (field.hash !== hash || field.nameEnd - field.start !== name.length) return false
  for (let i = 0; i < name.length; i++) {
    const byte = header.raw[field.start + i]
    if ((byte >= 65 && byte <= 90 ? byte | 0x20 : byte) !== name.charCodeAt(i)) return false
  }
  return true
}

/** The field's value as it stands, folds included, one character a byte. */
export function rawValue(header: Header, field: Field): string {
  return header.slice(field.value, field.valueEnd)
}

/** The field's value unfolded and trimmed, one character a byte. */
export function fieldValue(header: Header, field: Field): string {
  return unfold(rawValue(header, field))
}

/** The values of all fields called `name`, in order, unfolded. */
export function findAll(header: Header, name: string): string[] {
  const lower = name.toLowerCase()
  const hash = nameHash(lower)
  const values: string[] = []
  for (const field of header.fields) {
    if (isNamed(header, field, lower, hash)) values.push(fieldValue(header, field))
  }
  return values
}

/** The value of the first field called `name`, unfolded, or null. */
export function find(header: Header, name: string): string | null {
  const lower = name.toLowerCase()
  const hash = nameHash(lower)
  for (const field of header.fields) {
    if (isNamed(header, field, lower, hash)) return fieldValue(header, field)
  }
  return null
}

/** RFC 5322 §2.2.3: takes line ends out of a folded value, turns a bare CR into a space, trims. */
export function unfold(value: string): string {
  if (!value.includes('\n') && !value.includes('\r')) return trimEnd(value)
  return trimEnd(
    value
      .replace(/\r?\n/g, '')
      .replace(/\r/g, ' ')
      .replace(/^[ \t]+/, ''),
  )
}

/** Without spaces and tabs at the end. A regular expression would be quadratic in a run of them before a letter. */
export function trimEnd(value: string): string {
  let end = value.length
  while (end > 0 && (value[end - 1] === ' ' || value[end - 1] === '\t')) end--
  return end === value.length ? value : value.slice(0, end)
}

/** Fields that a reader of headers looks for, by their names in lower case. */
export class FieldTable<T> {
  readonly #byHash = new Map<number, { name: string; entry: T }>()
  // Most fields of a message are in no table: one look at a byte passes over nearly all of them.
  readonly #maybe = new Uint8Array(1024)

  constructor(entries: Record<string, T>) {
    for (const [name, entry] of Object.entries(entries)) {
      const hash = nameHash(name)
      this.#byHash.set(hash, { name, entry })
      this.#maybe[hash & 1023] = 1
    }
  }

  get(header: Header, field: Field): T | undefined {
    if (this.#maybe[field.hash & 1023] === 0) return undefined
    const known = this.#byHash.get(field.hash)
    if (known === undefined || !isNamed(header, field, known.name, field.hash)) return undefined
    return known.entry
  }
}
