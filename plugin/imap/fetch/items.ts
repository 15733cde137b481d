// The data items of FETCH (RFC 9051 §6.4.5 and §7.5.2), each a function that writes its value.
import { Bad } from '../../errors.ts'
import type { Client } from '../client.ts'
import { flagNames } from '../selected/flags.ts'
import { formatDateTime, withoutNul, type FetchItem } from '../wire/index.ts'
import type { Taken, Wanted } from '../reader/take.ts'
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
      return (out, message) => out.bytes(bytesOf(message, message.take({ take: 'BODY' })) ?? NIL)
    case 'EMAILID': // RFC 8474 §5.1
      return (out, { summary }) => out.text(`(${emailId(client, summary.item)})`)
    case 'THREADID': // RFC 8474 §5.2
      return (out, { summary }) => out.text(`(${threadId(summary.thread)})`)
    case 'PREVIEW': // RFC 8970; made when it is asked for, which is soon enough for LAZY too
      return (out, message) => out.bytes(bytesOf(message, message.take({ take: 'PREVIEW' })) ?? NIL)
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

const NIL = Buffer.from('NIL')

/** What of a message has to be read for an item, where that is more than its summary. */
export function wantedFor(item: FetchItem): Wanted | null {
  switch (item.kind) {
    case 'BODY':
    case 'PREVIEW':
      return { take: item.kind }
    case 'SECTION':
      return { take: 'section', section: item.section }
    case 'BINARY':
    case 'BINARY.SIZE': {
      const { path, text } = item.section
      return path.length > 0 && text === ''
        ? { take: 'decoded', path }
        : { take: 'section', section: item.section, bytes: true }
    }
    default:
      return null
  }
}

function needed(item: FetchItem): Wanted {
  const wanted = wantedFor(item)
  if (!wanted) throw new Error(`${item.kind} is not read from a message`)
  return wanted
}

/** All bytes that were taken. */
function bytesOf(message: Message, taken: Taken): Buffer | null {
  if (taken === null) return null
  if ('from' in taken) return message.raw.subarray(taken.from, taken.to)
  const { buffer, byteOffset, length } = taken.bytes
  return Buffer.from(buffer, byteOffset, length)
}

function sectionWriter(item: Sectioned): WriteItem {
  const wanted = needed(item)
  return (out, message) => {
    const taken = message.take(wanted)
    if (taken && 'from' in taken && message.large)
      writeSpan(out, message, cutSpan(taken, item.octets))
    else writeString(out, cut(bytesOf(message, taken), item.octets))
  }
}

interface Octets {
  readonly from: number
  readonly to: number
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

function binaryWriter(item: Binary): WriteItem {
  const wanted = needed(item)
  const octets = item.kind === 'BINARY' ? item.octets : undefined
  return (out, message) => {
    const bytes = bytesOf(message, message.take(wanted))
    if (item.kind === 'BINARY.SIZE') out.number(bytes?.length ?? 0)
    else writeString(out, cut(bytes, octets), true)
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
