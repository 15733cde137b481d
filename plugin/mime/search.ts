// The texts that SEARCH looks into, and how it compares them: RFC 9051 §6.4.4.

import { parseAddresses } from './address.ts'
import { decodeEncodedMessage } from './decode.ts'
import { FieldTable, type Header, findAll } from './headers.ts'
import { type Part, parseStructure } from './structure.ts'
import { isMessageLeaf, partText } from './text.ts'
import { decodeWords } from './words.ts'

/**
 * Folds case and compatibility forms as i;unicode-casemap does (RFC 5051 §2), the comparator of
 * SEARCH: RFC 9051 §6.4.4. Compare folded text with folded keys.
 */
export function fold(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text.toLowerCase() : text.normalize('NFKD').toLowerCase()
}

/**
 * A key by which SORT orders text: i;unicode-casemap compares what it has made upper case, which puts
 * punctuation such as `[` and `_` behind the letters (RFC 5051 §2, RFC 5256 §2.2).
 */
export function sortKey(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text.toUpperCase() : text.normalize('NFKD').toUpperCase()
}

/** The decoded values of all fields called `name`. */
export function headerTexts(header: Header, name: string): string[] {
  return findAll(header, name).map(decodeWords)
}

/** Reads one text of a part. */
type Read = (part: Part) => string

/** One text of a message: TEXT looks into all of them, BODY into those that are `body`. */
interface Text {
  readonly body: boolean
  readonly part: Part
  readonly read: Read
  folded: string | null
}

/**
 * What SEARCH looks into, in order: headers with their encoded words decoded, bodies of text parts and message leaves
 * (delivery-status) decoded, HTML with its tags.
 * RFC 9051 §6.4.4: BODY knows no header fields, so no MIME header of a part either; TEXT knows both. The header of a
 * message inside the message is text of its body, but for the MIME fields in it.
 */
function textsOf(root: Part): Text[] {
  const texts: Text[] = []
  add(texts, false, root, headerText)
  addInside(texts, root, true)
  return texts
}

function add(texts: Text[], body: boolean, part: Part, read: Read): void {
  texts.push({ body, part, read, folded: null })
}

/** `decode`: an enclosed message that is encoded against RFC 2046 §5.2.1 is decoded; nothing is so twice. */
function addInside(texts: Text[], part: Part, decode: boolean): void {
  if (part.kind === 'text' || isMessageLeaf(part)) add(texts, true, part, partText)
  const encoded = decode && part.kind === 'message' ? decodeEncodedMessage(part) : null
  if (encoded !== null) {
    const message = parseStructure(encoded)
    add(texts, true, message, headerText)
    addInside(texts, message, false)
    return
  }
  for (const child of part.children) {
    add(texts, false, child, headerText)
    if (part.kind === 'message') add(texts, true, child, headerWithoutMime)
    addInside(texts, child, decode)
  }
}

/** The texts of one message, each decoded once however many keys are looked for in them. */
export class MessageTexts {
  readonly #texts: readonly Text[]
  readonly #check: () => void

  /** @param check is called before each text that is decoded or looked through */
  constructor(root: Part, check: () => void = () => {}) {
    this.#texts = textsOf(root)
    this.#check = check
  }

  /** True when the message holds `key` (folded by `fold`): SEARCH TEXT, or without `header` BODY. */
  has(key: string, header: boolean): boolean {
    for (const text of this.#texts) {
      if (!header && !text.body) continue
      this.#check()
      if ((text.folded ??= fold(text.read(text.part))).includes(key)) return true
    }
    return false
  }
}

/** The fields of one header, each decoded once however many keys are looked for in them. */
export class HeaderTexts {
  readonly #header: Header
  /** By name in lower case: what each field of that name says, folded. */
  readonly #fields = new Map<string, readonly string[]>()

  constructor(header: Header) {
    this.#header = header
  }

  /**
   * True when a field `name` (any case) holds `key` (folded); '' asks whether the field exists.
   * Addresses are also found in the form in which ENVELOPE tells them, without comments and folds.
   */
  has(name: string, key: string): boolean {
    return this.#texts(name.toLowerCase()).some((text) => text.includes(key))
  }

  #texts(name: string): readonly string[] {
    let texts = this.#fields.get(name)
    if (!texts) {
      texts = findAll(this.#header, name).flatMap((value) => [
        fold(decodeWords(value)),
        ...(ADDRESS_FIELD.test(name) && ODD_ADDRESS.test(value) ? addressesOf(value) : []),
      ])
      this.#fields.set(name, texts)
    }
    return texts
  }
}

/** True when the message holds `key` (folded by `fold`): SEARCH TEXT, or without `header` BODY. */
export function hasText(root: Part, key: string, header: boolean): boolean {
  return new MessageTexts(root).has(key, header)
}

/** The texts that SEARCH TEXT looks into, or without `header` SEARCH BODY. */
export function* searchTexts(root: Part, header: boolean): Generator<string> {
  for (const { body, part, read } of textsOf(root)) if (header || body) yield read(part)
}

/** As `HeaderTexts.has`, for one key. */
export function hasHeader(header: Header, name: string, key: string): boolean {
  return new HeaderTexts(header).has(name, key)
}

const ADDRESS_FIELD = /^(?:from|sender|reply-to|to|cc|bcc)$/i
/** Where an address may read otherwise than it is written. */
const ODD_ADDRESS = /[("\\]|[ \t\r\n][.@>]|[.@<][ \t\r\n]/

function addressesOf(value: string): string[] {
  return parseAddresses(value).flatMap(({ mailbox, host }) =>
    host === null ? [] : [fold(`${mailbox ?? ''}@${host}`)],
  )
}

const MIME_FIELDS = new FieldTable<true>({
  'mime-version': true,
  'content-type': true,
  'content-transfer-encoding': true,
  'content-id': true,
  'content-description': true,
  'content-disposition': true,
  'content-md5': true,
  'content-language': true,
  'content-location': true,
})

function headerText({ header, raw, headerEnd }: Part): string {
  return readable(raw.toString('latin1', header.start, headerEnd))
}

function headerWithoutMime({ header }: Part): string {
  const fields = header.fields.filter((field) => !MIME_FIELDS.get(header, field))
  return readable(fields.map(({ start, end }) => header.slice(start, end)).join(''))
}

function readable(header: string): string {
  // Lines are unfolded so that a key is found across a fold; each field stays a line of its own.
  const text = header.replace(/\r?\n(?=[ \t])/g, '')
  if (!text.includes('=?') && !/[\x1b\x80-\xff]/.test(text)) return text
  return text.split('\n').map(decodeWords).join('\n')
}
