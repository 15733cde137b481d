// The ENVELOPE of RFC 9051 §7.5.2. Values are latin1 strings of the message's own bytes, unfolded,
// encoded words as they are. NUL, which no IMAP string may hold (RFC 9051 §4.3), becomes U+FFFD.

import { AUTHORS_MAX, INNER, RECIPIENTS_MAX, TEXT_MAX } from './bounds.ts'
import { type Address, parseAddresses } from './address.ts'
import { clean, tidy } from './clean.ts'
import { type Field, FieldTable, type Header, fieldValue, rawValue } from './headers.ts'
import type { Wire } from './wire.ts'

export interface Envelope {
  date: string | null
  subject: string | null
  from: Address[]
  sender: Address[]
  replyTo: Address[]
  to: Address[]
  cc: Address[]
  bcc: Address[]
  inReplyTo: string | null
  messageId: string | null
}

type TextKey = 'date' | 'subject' | 'inReplyTo' | 'messageId'
type ListKey = Exclude<keyof Envelope, TextKey>

const FIELDS = new FieldTable<{ text: TextKey } | { list: ListKey }>({
  date: { text: 'date' },
  subject: { text: 'subject' },
  'in-reply-to': { text: 'inReplyTo' },
  'message-id': { text: 'messageId' },
  from: { list: 'from' },
  sender: { list: 'sender' },
  'reply-to': { list: 'replyTo' },
  to: { list: 'to' },
  cc: { list: 'cc' },
  bcc: { list: 'bcc' },
})

/** Which lists share one room. */
const AUTHORS: ReadonlySet<ListKey> = new Set(['from', 'sender', 'replyTo'])

/** How much of an envelope is read. */
class Room {
  readonly text: number
  #authors: number
  #recipients: number

  /** @param times less than of a message that stands for itself */
  constructor(times: number) {
    this.text = TEXT_MAX / times
    this.#authors = AUTHORS_MAX / times
    this.#recipients = RECIPIENTS_MAX / times
  }

  /** How many octets of a field of this list are read. */
  take(list: ListKey, octets: number): number {
    const authors = AUTHORS.has(list)
    const taken = Math.min(octets, authors ? this.#authors : this.#recipients)
    if (authors) this.#authors -= taken
    else this.#recipients -= taken
    return taken
  }
}

/** What the envelope of a message within a message says, in octets: as far as `parseEnvelope` reads it. */
export function envelopeOctets(header: Header): number {
  const room = new Room(INNER)
  let octets = 0
  for (const field of header.fields) {
    const entry = FIELDS.get(header, field)
    if (entry === undefined) continue
    const length = field.valueEnd - field.value
    octets += 'list' in entry ? room.take(entry.list, length) : Math.min(length, room.text)
  }
  return octets
}

/**
 * Reads the ten fields. Of a field that comes twice the last counts, address lists are joined. Very long ones are read
 * up to a bound (bounds.ts), which is lower for a message within a message (`inner`).
 */
export function parseEnvelope(header: Header, inner = false): Envelope {
  const room = new Room(inner ? INNER : 1)
  const last: Partial<Record<TextKey, Field>> = {}
  const envelope: Envelope = {
    date: null,
    subject: null,
    from: [],
    sender: [],
    replyTo: [],
    to: [],
    cc: [],
    bcc: [],
    inReplyTo: null,
    messageId: null,
  }
  for (const field of header.fields) {
    const entry = FIELDS.get(header, field)
    if (entry === undefined) continue
    if ('list' in entry) addAll(envelope[entry.list], listed(header, field, room, entry.list))
    else last[entry.text] = field
  }
  for (const [key, field] of Object.entries(last) as [TextKey, Field][])
    envelope[key] =
      key === 'subject'
        ? tidy(rawValue(header, field).slice(0, room.text))
        : clean(fieldValue(header, field).slice(0, room.text))
  // RFC 9051 §7.5.2: an absent or empty Sender or Reply-To is that of From.
  if (envelope.sender.length === 0) envelope.sender = envelope.from
  if (envelope.replyTo.length === 0) envelope.replyTo = envelope.from
  return envelope
}

/** The addresses of a field, whole ones, as far as there is room. */
function listed(header: Header, field: Field, room: Room, list: ListKey): string {
  const value = rawValue(header, field)
  const taken = room.take(list, value.length)
  if (taken === value.length) return value
  return value.slice(0, value.lastIndexOf(',', taken) + 1)
}

function addAll(list: Address[], value: string) {
  for (const address of parseAddresses(value)) {
    address.name = address.name && tidy(address.name)
    address.mailbox = address.mailbox && tidy(address.mailbox)
    // Only quoted strings, comments and literals hold other than atoms and dots.
    if (address.host?.startsWith('[')) address.host = tidy(address.host)
    if (address.route !== null) address.route = tidy(address.route)
    list.push(address)
  }
}

/** The envelope as the list that FETCH sends. */
export function envelopeWire(e: Envelope): Wire[] {
  const from = addressWire(e.from)
  return [
    e.date,
    e.subject,
    from,
    e.sender === e.from ? from : addressWire(e.sender),
    e.replyTo === e.from ? from : addressWire(e.replyTo),
    addressWire(e.to),
    addressWire(e.cc),
    addressWire(e.bcc),
    e.inReplyTo,
    e.messageId,
  ]
}

function addressWire(list: readonly Address[]): Wire {
  if (list.length === 0) return null
  return list.map(({ name, route, mailbox, host }) => [name, route, mailbox, host])
}
