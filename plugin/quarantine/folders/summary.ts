// What a list of messages shows of one message, made once when it arrives: a client that opens a
// folder asks for the ENVELOPE and BODYSTRUCTURE of everything in it, and neither the item's record
// nor the message itself has to be read for that. Derived from the message by the code of the day
// (`VERSION`): not a view of the journal, and made again where it is missing.
import { isAscii } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Item, Scope } from '../../mail.ts'
import { DAY, MINUTE } from '../../time.ts'
import { bodyStructure } from '../../mime/bodystructure.ts'
import { decodeUnlabelled } from '../../mime/charset.ts'
import { parseZoned } from '../../mime/date.ts'
import { envelopeWire, parseEnvelope } from '../../mime/envelope.ts'
import { find } from '../../mime/headers.ts'
import { messageIds } from '../../mime/message-id.ts'
import { decodeWords } from '../../mime/words.ts'
import { spell } from '../../mime/spell.ts'
import { param } from '../../mime/params.ts'
import { type Part, parseStructure } from '../../mime/structure.ts'
import { isMessageLeaf } from '../../mime/text.ts'
import { frontOf, readsAlike, type Fronted } from './front.ts'

/** To be raised with every change of what mime/ makes of a message. */
export const VERSION = 6
/** Octets before the text: see `encode`. */
const HEAD = 112
const THREAD = 15
const NO_DAY = -0x8000_0000

export interface Summary {
  readonly item: number
  /** Whose eyes: as of the item. */
  readonly scope: Scope
  /** Name of the message's blob. */
  readonly blob: string
  /** Octets of the message as it is shown. */
  readonly size: number
  /** Unix time in ms: INTERNALDATE. */
  readonly at: number
  /** Minutes east of UTC in which it is told. */
  readonly zone: number
  /** Unix time in ms of its Date field, or null. */
  readonly sent: number | null
  /** Days since 1970-01-01 of its Date field in the zone of the sender, or null. */
  readonly sentDay: number | null
  /**
   * True when all text in it stands there as it reads: ASCII, without transfer encodings and encoded
   * words. What is not among its bytes, case aside, is then in no text that SEARCH looks at.
   */
  readonly plain: boolean
  /** It is shown with fields of ours in front (front.ts). */
  readonly fronted: boolean
  /** With these it reads otherwise than alone. */
  readonly odd: boolean
  /** From one of ours to others; then it has recipients of its own. */
  readonly outgoing: boolean
  /** Same for messages of one conversation: hash of its first message's Message-ID (RFC 8474 §5.2). */
  readonly thread: string
  /** Probability of spam as judged at arrival, or null. */
  readonly score: number | null
  /** Unix time in ms from which the end of the item counts where it came first; 0: it has none. */
  readonly since: number
  /** Envelope sender. */
  readonly sender: string
  /** First author of its From field, as a person reads it: the name (or `''`) and the address. */
  readonly name: string
  readonly address: string
  /** Subject as a person reads it, cut where it is very long. */
  readonly subject: string
  /** ENVELOPE and BODYSTRUCTURE stand here, as FETCH sends them (RFC 9051 §7.5.2). */
  readonly bytes: Buffer
  /** ENVELOPE from here to `structure`, BODYSTRUCTURE from there to the end of `bytes`. */
  readonly envelope: number
  readonly structure: number
}

type Summarized = Fronted &
  Pick<
    Item,
    'blob' | 'size' | 'at' | 'zone' | 'scope' | 'direction' | 'verdict' | 'since' | 'sender'
  >

/** Octets of each text that is kept for lists. */
const TEXT_MAX = 400

/** Octets of References in which the first of its ids stands. */
const FIRST_MAX = 8192

/**
 * The record of a message, as it is kept: of any message, for its structure has bounds (mime/bounds.ts). `root`: of the
 * message as it was received.
 */
export function makeSummary(root: Part, item: Summarized): Buffer {
  return summarizer(root)(item)
}

/**
 * Makes the records of one message. All that is read of it is read here, ahead of the decision in which they are kept:
 * nobody waits for the writer while a message is taken apart. `ahead`: as `parseStructure` takes it.
 */
export function summarizer(root: Part, ahead?: number): (item: Summarized) => Buffer {
  const { raw } = root
  const alone = recorder(root)
  // Behind our fields it reads otherwise: what is told of it is what is shown. Whichever they are, all else is the same.
  const behind = readsAlike(root) ? null : recorder(behindFront(raw, ahead))
  return (item) => {
    const front = frontOf(item, raw)
    const shown = { ...item, size: item.size + front.length }
    if (front.length === 0) return alone(shown, front, 0)
    return behind ? behind(shown, front, FRONTED | ODD) : alone(shown, front, FRONTED)
  }
}

function behindFront(raw: Buffer, ahead: number | undefined): Part {
  const front = frontOf(ANY, raw)
  const line = ahead === undefined || ahead < 0 ? ahead : front.length + ahead
  return parseStructure(Buffer.concat([front, raw]), line)
}

const ANY: Fronted = {
  kind: 'held',
  at: 0,
  sender: '',
  recipients: [''],
  verdict: { class: 'spam', score: 1, evidence: [] },
}

type Record = (item: Summarized, front: Buffer, bits: number) => Buffer

function recorder(root: Part): Record {
  const { raw } = root
  const envelope = parseEnvelope(root.header)
  const references = messageIds((find(root.header, 'references') ?? '').slice(0, FIRST_MAX))
  const first = [
    references,
    messageIds(envelope.inReplyTo ?? ''),
    messageIds(envelope.messageId ?? ''),
  ]
    .flat()
    .at(0)
  const sent = parseZoned(envelope.date ?? '')
  const head = spell(envelopeWire(envelope))
  const text = head + spell(bodyStructure(root))
  const author = envelope.from.at(0)
  const shown = [
    decodeWords(author?.name ?? ''),
    // RFC 6532 §3.2: it may be written in UTF-8.
    decodeUnlabelled(
      Buffer.from(author?.host ? `${author.mailbox ?? ''}@${author.host}` : '', 'latin1'),
    ),
    decodeWords(envelope.subject ?? ''),
  ].map((one) => bounded(one))
  const plain = isPlainText(raw) && isPlain(root)
  return (item, front, bits) => {
    const { blob, size, at, zone = 0, scope, verdict, since, kind } = item
    const eyes = Buffer.from(scope)
    const texts = [bounded(item.sender), ...shown]
    const lists = Buffer.concat([eyes, ...texts])
    const bytes = Buffer.alloc(HEAD + lists.length + text.length)
    bytes[0] = VERSION
    bytes[1] =
      bits | (plain && isPlainText(front) ? PLAIN : 0) | (item.direction === 'out' ? OUTGOING : 0)
    bytes.writeUInt16LE(eyes.length, 2)
    bytes.writeUInt32LE(head.length, 4)
    bytes.writeDoubleLE(at, 8)
    bytes.writeDoubleLE(sent?.time ?? NaN, 16)
    bytes.writeInt32LE(sent ? Math.floor((sent.time + sent.zone * MINUTE) / DAY) : NO_DAY, 24)
    bytes.writeDoubleLE(size, 28)
    bytes.write(blob, 36, 'hex')
    hash('sha256', Buffer.from(first ?? blob, 'latin1'), 'buffer').copy(bytes, 68, 0, THREAD)
    bytes.writeInt16LE(zone, 84)
    bytes.writeDoubleLE(verdict?.score ?? NaN, 88)
    bytes.writeDoubleLE(kind === 'plain' ? 0 : since, 96)
    for (const [i, one] of texts.entries()) bytes.writeUInt16LE(one.length, TEXTS + 2 * i)
    lists.copy(bytes, HEAD)
    bytes.write(text, HEAD + lists.length, 'latin1')
    return bytes
  }
}

const isPlainText = (bytes: Buffer): boolean =>
  isAscii(bytes) && !bytes.includes('=?') && !bytes.includes(0x1b)

/** Bits of the second octet. */
const PLAIN = 1
const OUTGOING = 2
const FRONTED = 4
const ODD = 8
/** Where the lengths of the texts stand. */
const TEXTS = 104
const TEXT = { sender: 0, name: 1, address: 2, subject: 3 } as const

function bounded(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length <= TEXT_MAX) return bytes
  let end = TEXT_MAX
  while ((bytes[end] & 0xc0) === 0x80) end-- // not inside a character
  return bytes.subarray(0, end)
}

/** Charsets in which ASCII bytes are always ASCII characters: no shift sequences. */
const ASCII_CHARSET = /^(?:us-ascii|ascii|utf-8|iso-8859-\d+|windows-12\d\d|koi8-[ru])$/i

function isPlain(part: Part): boolean {
  const { kind, content, children } = part
  if (kind === 'text' || kind === 'message' || isMessageLeaf(part)) {
    const charset = param(content.contentType?.params ?? [], 'charset') ?? 'us-ascii'
    if (!ASCII_CHARSET.test(charset)) return false
    if (!/^(?:7bit|8bit|binary)$/i.test(content.encoding ?? '7bit')) return false
  }
  return children.every(isPlain)
}

/** Null for a record that another version of this file made. */
export function readSummary(item: number, bytes: Buffer): Summary | null {
  return bytes[0] === VERSION ? new Kept(item, bytes) : null
}

/** Fields are read from the bytes when asked for: a FETCH asks ten thousand messages for two. */
class Kept implements Summary {
  readonly item: number
  readonly bytes: Buffer
  constructor(item: number, bytes: Buffer) {
    this.item = item
    this.bytes = bytes
  }
  get envelope(): number {
    return this.#start(4)
  }
  get structure(): number {
    return this.envelope + this.bytes.readUInt32LE(4)
  }
  get scope(): Scope {
    return this.bytes.toString('utf8', HEAD, this.#start(0))
  }
  get score(): number | null {
    const score = this.bytes.readDoubleLE(88)
    return Number.isNaN(score) ? null : score
  }
  get since(): number {
    return this.bytes.readDoubleLE(96)
  }
  get sender(): string {
    return this.#text(TEXT.sender)
  }
  get name(): string {
    return this.#text(TEXT.name)
  }
  get address(): string {
    return this.#text(TEXT.address)
  }
  get subject(): string {
    return this.#text(TEXT.subject)
  }
  /** Where text number `n` begins; after the last of them ENVELOPE does. */
  #start(n: number): number {
    let at = HEAD + this.bytes.readUInt16LE(2)
    for (let i = 0; i < n; i++) at += this.bytes.readUInt16LE(TEXTS + 2 * i)
    return at
  }
  #text(n: number): string {
    return this.bytes.toString('utf8', this.#start(n), this.#start(n + 1))
  }
  get plain(): boolean {
    return (this.bytes[1] & PLAIN) !== 0
  }
  get outgoing(): boolean {
    return (this.bytes[1] & OUTGOING) !== 0
  }
  get fronted(): boolean {
    return (this.bytes[1] & FRONTED) !== 0
  }
  get odd(): boolean {
    return (this.bytes[1] & ODD) !== 0
  }
  get at(): number {
    return this.bytes.readDoubleLE(8)
  }
  get zone(): number {
    return this.bytes.readInt16LE(84)
  }
  get sent(): number | null {
    const sent = this.bytes.readDoubleLE(16)
    return Number.isNaN(sent) ? null : sent
  }
  get sentDay(): number | null {
    const day = this.bytes.readInt32LE(24)
    return day === NO_DAY ? null : day
  }
  get size(): number {
    return this.bytes.readDoubleLE(28)
  }
  get blob(): string {
    return this.bytes.toString('hex', 36, 68)
  }
  get thread(): string {
    return this.bytes.toString('base64url', 68, 68 + THREAD)
  }
}
