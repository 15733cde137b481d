// What people read in a message: for SEARCH, PREVIEW and lists of attachments. All of it decodes
// what it needs when it is asked, synchronously; nothing is decoded twice for one question.

import { parseAddresses } from './address.ts'
import { decodeText } from './charset.ts'
import { decodeLenient } from './decode.ts'
import { type Header, findAll } from './headers.ts'
import { htmlText } from './html.ts'
import { param } from './params.ts'
import type { Part } from './structure.ts'
import { decodeWords, paramText } from './words.ts'

/** RFC 8970 §3.2: a preview has at most this many characters. */
export const PREVIEW_MAX = 200

/** Of a body that is only looked at for a preview, this many bytes at most. */
const PREVIEW_BYTES = 16_384

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

/** The decoded text of a part: of text parts in their charset, of others as latin1. */
export function partText(part: Part): string {
  return decodeText(decodeLenient(part), charsetOf(part))
}

/**
 * The texts that SEARCH BODY looks into, or with `header` SEARCH TEXT: headers with their encoded
 * words decoded, bodies of text parts decoded, HTML with its tags. One after the other, so that the
 * search can stop at the first that has the key.
 */
export function* searchTexts(part: Part, header: boolean): Generator<string> {
  if (header) yield headerText(part)
  if (part.kind === 'text') yield partText(part)
  for (const child of part.children) yield* searchTexts(child, true)
}

/** True when the message holds `key` (folded by `fold`): SEARCH TEXT, or without `header` BODY. */
export function hasText(root: Part, key: string, header: boolean): boolean {
  for (const text of searchTexts(root, header)) if (fold(text).includes(key)) return true
  return false
}

/**
 * True when a field `name` (any case) holds `key` (folded); '' asks whether the field exists.
 * Addresses are also found in the form in which ENVELOPE tells them, without comments and folds.
 */
export function hasHeader(header: Header, name: string, key: string): boolean {
  return findAll(header, name).some(
    (value) =>
      fold(decodeWords(value)).includes(key) ||
      (ADDRESS_FIELD.test(name) && ODD_ADDRESS.test(value) && hasAddress(value, key)),
  )
}

const ADDRESS_FIELD = /^(?:from|sender|reply-to|to|cc|bcc)$/i
/** Where an address may read otherwise than it is written. */
const ODD_ADDRESS = /[("\\]|[ \t\r\n][.@>]|[.@<][ \t\r\n]/

function hasAddress(value: string, key: string): boolean {
  return parseAddresses(value).some(
    ({ mailbox, host }) => host !== null && fold(`${mailbox ?? ''}@${host}`).includes(key),
  )
}

function headerText({ header, raw, headerEnd }: Part): string {
  // Lines are unfolded so that a key is found across a fold; each field stays a line of its own.
  const text = raw.toString('latin1', header.start, headerEnd).replace(/\r?\n(?=[ \t])/g, '')
  if (!text.includes('=?') && !/[\x80-\xff]/.test(text)) return text
  return text.split('\n').map(decodeWords).join('\n')
}

function charsetOf({ content }: Part): string | null {
  return param(content.contentType?.params ?? [], 'charset')
}

/**
 * The first words of the message in one line of at most 200 characters, RFC 8970; '' when it has no
 * text. The first plain text part that says something, else the first HTML part; quoted lines only
 * when there is nothing else.
 */
export function preview(root: Part): string {
  let html: Part | null = null
  for (const part of leaves(root)) {
    if (part.kind !== 'text' || isAttachment(part)) continue
    const subtype = part.subtype.toLowerCase()
    if (subtype === 'html') html ??= part
    else if (subtype === 'plain') {
      const text = oneLine(withoutQuotes(sample(part)))
      if (text !== '') return text
    }
  }
  return html === null ? '' : oneLine(htmlText(sample(html), 4 * PREVIEW_MAX))
}

function sample(part: Part): string {
  const end = Math.min(part.bodyEnd, part.bodyStart + PREVIEW_BYTES)
  return partText({ ...part, bodyEnd: end })
}

function withoutQuotes(text: string): string {
  const own = text.replace(/^[>|].*$/gm, '')
  return own.trim() === '' ? text : own
}

function oneLine(text: string): string {
  // Much of it may be line ends and padding: five times what is shown is looked at.
  const line = text
    .trimStart()
    .slice(0, 5 * PREVIEW_MAX)
    .replace(/(?:[\s\p{Cc}\p{Cf}]|\u034f)+/gu, ' ') // \p{Cf}: soft hyphens and zero widths
    .trim()
  if (line.length <= PREVIEW_MAX) return line
  return Array.from(line).slice(0, PREVIEW_MAX).join('').trimEnd()
}

/** The leaves of the tree in order, those of messages inside the message left out. */
function* leaves(part: Part): Generator<Part> {
  if (part.kind !== 'multipart') yield part
  else for (const child of part.children) yield* leaves(child)
}

function isAttachment({ content }: Part): boolean {
  return content.disposition?.name.toLowerCase() === 'attachment'
}

/** A file that a message carries, as a person would list it. */
export interface Attachment {
  /** Part number as in BODY[1.2]. */
  section: string
  /** Decoded file name, '' when it has none; never a path. */
  name: string
  /** `type/subtype` in lower case. */
  type: string
  /** Octets as encoded in the message. */
  size: number
}

/** The parts that have a file name or call themselves attachments, in order. */
export function attachments(root: Part): Attachment[] {
  const found: Attachment[] = []
  const visit = (part: Part, section: string) => {
    if (part.kind === 'multipart') {
      part.children.forEach((child, i) =>
        visit(child, section === '' ? `${i + 1}` : `${section}.${i + 1}`),
      )
      return
    }
    const name = fileName(part)
    if (name === null && !isAttachment(part)) return
    found.push({
      section: section === '' ? '1' : section,
      name: name ?? '',
      type: `${part.type}/${part.subtype}`.toLowerCase(),
      size: part.bodyEnd - part.bodyStart,
    })
  }
  visit(root, '')
  return found
}

/** RFC 2183 §2.3: filename; RFC 2046 §4.5.1 and old mail: name. Directories are not trusted. */
function fileName({ content }: Part): string | null {
  const name =
    paramText(content.disposition?.params ?? [], 'filename') ??
    paramText(content.contentType?.params ?? [], 'name')
  return name === null
    ? null
    : (name
        .replace(/\p{Cc}+/gu, ' ')
        .split(/[/\\]/)
        .at(-1)
        ?.trim() ?? '')
}
