// The ENVELOPE of RFC 9051 §7.5.2. Values are latin1 strings of the message's own bytes, unfolded,
// encoded words as they are. NUL, which no IMAP string may hold (RFC 9051 §4.3), becomes U+FFFD.

import { type Address, parseAddresses } from './address.ts'
import { type Field, type Header, fieldValue, isNamed, nameHash, rawValue } from './headers.ts'
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

const FIELDS = new Map<number, { name: string; text?: TextKey; list?: ListKey }>(
  [
    { name: 'date', text: 'date' as const },
    { name: 'subject', text: 'subject' as const },
    { name: 'in-reply-to', text: 'inReplyTo' as const },
    { name: 'message-id', text: 'messageId' as const },
    { name: 'from', list: 'from' as const },
    { name: 'sender', list: 'sender' as const },
    { name: 'reply-to', list: 'replyTo' as const },
    { name: 'to', list: 'to' as const },
    { name: 'cc', list: 'cc' as const },
    { name: 'bcc', list: 'bcc' as const },
  ].map((entry) => [nameHash(entry.name), entry]),
)

const UNKNOWN = '\xef\xbf\xbd' // U+FFFD in UTF-8

/** NUL to U+FFFD; line ends, which unfolding left in no other place, away. */
export function clean(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', UNKNOWN) : value
}

/** For what people read: every run of white space one space, none at the ends. */
export function tidy(value: string): string {
  return clean(
    /[\t\r\n]| {2}|^ | $/.test(value)
      ? value
          .split(/[ \t\r\n]+/)
          .filter(Boolean)
          .join(' ')
      : value,
  )
}

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
    const entry = FIELDS.get(field.hash)
    if (entry === undefined || !isNamed(header, field, entry.name, field.hash)) continue
    if (entry.text === 'subject') envelope.subject = tidy(rawValue(header, field))
    else if (entry.text !== undefined) envelope[entry.text] = clean(fieldValue(header, field))
    else if (entry.list !== undefined) addAll(envelope[entry.list], header, field)
  }
  // RFC 9051 §7.5.2: an absent or empty Sender or Reply-To is that of From.
  if (envelope.sender.length === 0) envelope.sender = envelope.from
  if (envelope.replyTo.length === 0) envelope.replyTo = envelope.from
  return envelope
}

function addAll(list: Address[], header: Header, field: Field) {
  for (const address of parseAddresses(rawValue(header, field))) {
    if (address.name !== null) address.name = tidy(address.name)
    if (address.mailbox !== null) address.mailbox = tidy(address.mailbox)
    if (address.host !== null) address.host = tidy(address.host)
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
