// The ENVELOPE of RFC 9051 §7.5.2. Values are latin1 strings of the message's own bytes, unfolded,
// encoded words as they are. NUL, which no IMAP string may hold (RFC 9051 §4.3), becomes U+FFFD.

import { type Address, parseAddresses } from './address.ts'
import { clean, tidy } from './clean.ts'
import { ENVELOPE_FIELDS, EnvelopeRoom, type ListKey, type TextKey } from './envelope-fields.ts'
import { type Field, type Header, fieldValue, rawValue } from './headers.ts'
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

/**
 * Reads the ten fields. Of a field that comes twice the last counts, address lists are joined. Very long ones are read
 * up to a bound (bounds.ts), which is lower for a message within a message (`inner`).
 */
export function parseEnvelope(header: Header, inner = false): Envelope {
  const room = new EnvelopeRoom(inner)
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
    const entry = ENVELOPE_FIELDS.get(header, field)
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
function listed(header: Header, field: Field, room: EnvelopeRoom, list: ListKey): string {
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
