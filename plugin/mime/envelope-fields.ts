// The fields of an ENVELOPE, and how much of them is read (bounds.ts).
import { AUTHORS_MAX, INNER, RECIPIENTS_MAX, TEXT_MAX } from './bounds.ts'
import { FieldTable, type Header } from './headers.ts'

export type TextKey = 'date' | 'subject' | 'inReplyTo' | 'messageId'
export type ListKey = 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc'

const FIELDS: Readonly<Record<string, { text: TextKey } | { list: ListKey }>> = {
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
}
export const ENVELOPE_FIELDS = new FieldTable(FIELDS)
/** Their names in lower case. */
export const ENVELOPE_NAMES: readonly string[] = Object.keys(FIELDS)

/** Which lists share one room. */
const AUTHORS: ReadonlySet<ListKey> = new Set(['from', 'sender', 'replyTo'])

/** How much of an envelope is read. */
export class EnvelopeRoom {
  readonly text: number
  #authors: number
  #recipients: number

  /** @param inner of a message within a message */
  constructor(inner: boolean) {
    const times = inner ? INNER : 1
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
  const room = new EnvelopeRoom(true)
  let octets = 0
  for (const field of header.fields) {
    const entry = ENVELOPE_FIELDS.get(header, field)
    if (entry === undefined) continue
    const length = field.valueEnd - field.value
    octets += 'list' in entry ? room.take(entry.list, length) : Math.min(length, room.text)
  }
  return octets
}
