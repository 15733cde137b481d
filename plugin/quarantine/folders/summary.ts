// What a list of messages shows of one message, made once when it arrives: a client that opens a
// folder asks for the ENVELOPE and BODYSTRUCTURE of everything in it, and neither the item's record
// nor the message itself has to be read for that. Derived from the message by the code of the day
// (`VERSION`): not a view of the journal, and made again where it is missing.
import { isAscii } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Item, Scope } from '../../mail.ts'
import { DAY, MINUTE } from '../../time.ts'
import { bodyStructure } from '../../mime/bodystructure.ts'
import { parseZoned } from '../../mime/date.ts'
import { envelopeWire, parseEnvelope } from '../../mime/envelope.ts'
import { find } from '../../mime/headers.ts'
import { messageIds } from '../../mime/message-id.ts'
import { spell } from '../../mime/spell.ts'
import { param } from '../../mime/params.ts'
import type { Part } from '../../mime/structure.ts'
import { isMessageLeaf } from '../../mime/text.ts'

/** To be raised with every change of what mime/ makes of a message. */
const VERSION = 3
/** Octets before the text: see `encode`. */
const HEAD = 88
/** A longer one (hostile mail: thousands of parts) is not kept: it would cost more than it saves. */
const KEPT_MAX = 65_536
const THREAD = 15
const NO_DAY = -0x8000_0000

export interface Summary {
  readonly item: number
  /** Whose eyes: as of the item. */
  readonly scope: Scope
  /** Name of the message's blob. */
  readonly blob: string
  /** Octets of the message. */
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
  /** Same for messages of one conversation: hash of its first message's Message-ID (RFC 8474 §5.2). */
  readonly thread: string
  /** ENVELOPE and BODYSTRUCTURE stand here, as FETCH sends them (RFC 9051 §7.5.2). */
  readonly bytes: Buffer
  /** ENVELOPE from here to `structure`, BODYSTRUCTURE from there to the end of `bytes`. */
  readonly envelope: number
  readonly structure: number
}

type Summarized = Pick<Item, 'blob' | 'size' | 'at' | 'zone' | 'scope'>

/** The record of a message, as it is kept. */
export function makeSummary(root: Part, { blob, size, at, zone = 0, scope }: Summarized): Buffer {
  const { raw } = root
  const envelope = parseEnvelope(root.header)
  const references = messageIds(find(root.header, 'references') ?? '')
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
  const eyes = Buffer.from(scope)
  const bytes = Buffer.alloc(HEAD + eyes.length + text.length)
  bytes[0] = VERSION
  bytes[1] = isAscii(raw) && !raw.includes('=?') && !raw.includes(0x1b) && isPlain(root) ? 1 : 0
  bytes.writeUInt16LE(eyes.length, 2)
  bytes.writeUInt32LE(head.length, 4)
  bytes.writeDoubleLE(at, 8)
  bytes.writeDoubleLE(sent?.time ?? NaN, 16)
  bytes.writeInt32LE(sent ? Math.floor((sent.time + sent.zone * MINUTE) / DAY) : NO_DAY, 24)
  bytes.writeDoubleLE(size, 28)
  bytes.write(blob, 36, 'hex')
  hash('sha256', Buffer.from(first ?? blob, 'latin1'), 'buffer').copy(bytes, 68, 0, THREAD)
  bytes.writeInt16LE(zone, 84)
  eyes.copy(bytes, HEAD)
  bytes.write(text, HEAD + eyes.length, 'latin1')
  return bytes
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

/** The record to be kept, or null for one that is not worth it. */
export function keptSummary(root: Part, item: Summarized): Buffer | null {
  const bytes = makeSummary(root, item)
  return bytes.length > KEPT_MAX ? null : bytes
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
    return HEAD + this.bytes.readUInt16LE(2)
  }
  get structure(): number {
    return this.envelope + this.bytes.readUInt32LE(4)
  }
  get scope(): Scope {
    return this.bytes.toString('utf8', HEAD, this.envelope)
  }
  get plain(): boolean {
    return this.bytes[1] === 1
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
