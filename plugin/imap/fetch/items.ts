// The data items of FETCH (RFC 9051 §6.4.5 and §7.5.2), each a function that writes its value.
import { Bad } from '../../errors.ts'
import { bodyStructure } from '../../mime/bodystructure.ts'
import { preview } from '../../mime/preview.ts'
import { pickFields, sectionBytes } from '../../mime/sections.ts'
import { spell } from '../../mime/spell.ts'
import type { Client } from '../client.ts'
import { flagNames } from '../selected/flags.ts'
import { formatDateTime, limits, withoutNul, type FetchItem, type Section } from '../wire/index.ts'
import type { Message } from '../selected/message.ts'
import type { Output } from './output.ts'

/** Writes the value of an item; its name stands before it. */
export type WriteItem = (out: Output, message: Message) => void

type Sectioned = Extract<FetchItem, { kind: 'SECTION' }>
type Binary = Extract<FetchItem, { kind: 'BINARY' | 'BINARY.SIZE' }>

const CRLF = '\r\n'

export function writerOf(item: FetchItem, client: Client): WriteItem {
  switch (item.kind) {
    case 'UID':
      return (out, message) => out.number(message.uid)
    case 'FLAGS':
      return flagsWriter(client)
    case 'MODSEQ':
      return (out, { index }) => {
        out.text('(')
        out.number(client.view.modseqAt(index))
        out.text(')')
      }
    case 'INTERNALDATE':
      return (out, { summary }) => out.text(formatDateTime(summary.at, summary.zone))
    case 'SAVEDATE': // RFC 8514 §4.2
      return (out, { saved }) => out.text(saved === null ? 'NIL' : formatDateTime(saved))
    case 'RFC822.SIZE':
      return (out, { summary }) => out.number(summary.size)
    case 'ENVELOPE':
      return (out, { summary }) => out.bytes(summary.bytes, summary.envelope, summary.structure)
    case 'BODYSTRUCTURE':
      return (out, { summary }) => out.bytes(summary.bytes, summary.structure)
    case 'BODY':
      return (out, { root }) => out.text(spell(bodyStructure(root, false)))
    case 'EMAILID': // RFC 8474 §5.1
      return (out, { summary }) => out.text(`(${emailId(client, summary.item)})`)
    case 'THREADID': // RFC 8474 §5.2
      return (out, { summary }) => out.text(`(${threadId(summary.thread)})`)
    case 'PREVIEW': // RFC 8970; made when it is asked for, which is soon enough for LAZY too
      return (out, { root }) => out.text(spell(Buffer.from(preview(root)).toString('latin1')))
    case 'SECTION':
      return sectionWriter(item)
    case 'BINARY':
    case 'BINARY.SIZE':
      return binaryWriter(item)
    default:
      throw new Bad('This item cannot be fetched')
  }
}

/**
 * The same for all places of an item, and for no other (RFC 8474 §4): two items may have equal
 * bytes, but INTERNALDATE is each one's own.
 */
export function emailId({ verbs }: Client, item: number): string {
  return `M${verbs.uidValidity.toString(36)}_${item}`
}

export function threadId(thread: string): string {
  return `T${thread}`
}

function flagsWriter({ view, verbs }: Client): WriteItem {
  // Few combinations in a mailbox, so each is spelled once.
  const spelled = new Map<number, string>()
  return (out, { index }) => {
    const key = view.keywordsAt(index) * 256 + view.flagsAt(index)
    let text = spelled.get(key)
    if (text === undefined) {
      const keywords = verbs.messages.keywords(view.keywordsAt(index))
      text = `(${flagNames(view.flagsAt(index), keywords).join(' ')})`
      spelled.set(key, text)
    }
    out.text(text)
  }
}

function sectionWriter({ section, octets }: Sectioned): WriteItem {
  return (out, message) => {
    const large = message.summary.size > limits.FETCH_IN_MEMORY
    const span = large ? spanOf(message, section) : null
    if (span) writeSpan(out, message, cutSpan(span, octets))
    else writeString(out, cut(sectionOf(message, section), octets))
  }
}

interface Octets {
  readonly from: number
  readonly to: number
}

/** Where the bytes of a section stand in the message; null where they do not stand together. */
function spanOf(message: Message, { path, text, fields }: Section): Octets | null {
  const { size } = message.summary
  // Read before the first octet is sent: damage is refused.
  const { header } = message
  if (path.length === 0 && text === '') return { from: 0, to: size }
  if (path.length === 0 && text === 'TEXT') return { from: header.end, to: size }
  if (path.length === 0) return null
  const { root } = message
  const bytes = sectionBytes(root, { path, text: text === '' ? null : text, fields })
  if (bytes?.buffer !== root.raw.buffer) return null
  const from = bytes.byteOffset - root.raw.byteOffset
  return from >= 0 && from + bytes.length <= size ? { from, to: from + bytes.length } : null
}

function cutSpan({ from, to }: Octets, octets: Sectioned['octets']): Octets {
  if (!octets) return { from, to }
  const start = Math.min(from + octets.offset, to)
  return { from: start, to: Math.min(start + octets.length, to) }
}

function writeSpan(out: Output, message: Message, { from, to }: Octets): void {
  if (to === from) {
    out.text('""')
    return
  }
  out.text('{')
  out.number(to - from)
  out.text(`}${CRLF}`)
  const { item, size } = message.summary
  out.run({ item, size, from, to })
}

/** The bytes of a section; of the message's own header without looking for parts. */
function sectionOf(message: Message, { path, text, fields }: Section): Buffer | null {
  if (path.length === 0) {
    if (text === '') return message.raw
    if (text === 'TEXT') {
      const { raw } = message // first, so that the header is of these bytes
      return raw.subarray(message.header.end)
    }
    if (text === 'HEADER.FIELDS') return pickFields(message.headerOf(fields), fields, true)
    const { header } = message
    if (text === 'HEADER') return header.raw.subarray(0, header.end)
    return pickFields(header, fields, false)
  }
  return sectionBytes(message.root, { path, text: text === '' ? null : text, fields })
}

function binaryWriter(item: Binary): WriteItem {
  const { section, kind } = item
  const part = section.path.length > 0 && section.text === ''
  return (out, message) => {
    const bytes = part ? message.decoded(section.path) : sectionOf(message, section)
    if (kind === 'BINARY.SIZE') out.number(bytes?.length ?? 0)
    else writeString(out, cut(bytes, item.octets), true)
  }
}

/** RFC 9051 §6.4.5.2: what lies behind the end is an empty string. */
function cut(bytes: Buffer | null, octets: Sectioned['octets']): Buffer | null {
  return bytes && octets ? bytes.subarray(octets.offset, octets.offset + octets.length) : bytes
}

/**
 * nstring, or literal8 (RFC 3516 §4.3) where `binary` bytes hold NUL. Nothing is `""`: iOS 18 to 26 waits a minute and
 * more for the rest of `{0}` behind a partial FETCH of a large part.
 */
function writeString(out: Output, bytes: Buffer | null, binary = false): void {
  if (bytes === null) {
    out.text('NIL')
    return
  }
  if (bytes.length === 0) {
    out.text('""')
    return
  }
  const eight = binary && bytes.includes(0)
  out.text(eight ? '~{' : '{')
  out.number(bytes.length)
  out.text(`}${CRLF}`)
  out.bytes(eight ? bytes : withoutNul(bytes))
}
