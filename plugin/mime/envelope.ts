// The ENVELOPE of RFC 9051 §7.5.2. Values are latin1 strings of the message's own bytes, unfolded,
// encoded words as they are. NUL, which no IMAP string may hold (RFC 9051 §4.3), becomes U+FFFD.

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

/** Reads the ten fields. Of a field that comes twice the last counts, address lists are joined. */
export function parseEnvelope(header: Header): Envelope {
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
    if ('list' in entry) addAll(envelope[entry.list], header, field)
    else if (entry.text === 'subject') envelope.subject = tidy(rawValue(header, field))
    else envelope[entry.text] = clean(fieldValue(header, field))
  }
  // RFC 9051 §7.5.2: an absent or empty Sender or Reply-To is that of From.
  if (envelope.sender.length === 0) envelope.sender = envelope.from
  if (envelope.replyTo.length === 0) envelope.replyTo = envelope.from
  return envelope
}

function addAll(list: Address[], header: Header, field: Field) {
  for (const address of parseAddresses(rawValue(header, field))) {
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
