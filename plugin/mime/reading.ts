// What decides how a message reads, apart from the decoded content that identity.ts compares. A mail client that takes
// a message from one account to another adds fields (Received, X-TUID, X-Mozilla-Keys), folds them anew, changes line
// ends; what is listed here it leaves alone. Two messages of one identity may differ in it: who wrote both can make the
// one harmless and the other not.

import { type Header, findAll } from './headers.ts'
import { CR, LF, SP, TAB } from './octets.ts'
import type { Part } from './structure.ts'

/** Fields of a message that are shown, or that say how it is to be read. */
const HEAD = [
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'content-type',
  'content-disposition',
]
/** The same of a part. */
const PART = ['content-type', 'content-disposition']

/** Equal for headers that read alike: all fields of these names, in their order. */
export function headReading(header: Header): string {
  return fields(header, HEAD)
}

/** Equal for messages whose parts are of the same types and names, in the same places. */
export function partsReading(root: Part): string {
  return parts(root.children)
}

function parts(children: readonly Part[]): string {
  // An empty part may come and go with the line end of the last boundary.
  const told = children.filter((part) => part.children.length > 0 || !isEmpty(part)).map(tell)
  return `(${told.join('')})`
}

function tell(part: Part): string {
  const { kind, header, children } = part
  const [inner] = children
  if (kind === 'message')
    return `${fields(header, PART)}[${headReading(inner.header)}${tell(inner)}]`
  return fields(header, PART) + parts(children)
}

function fields(header: Header, names: readonly string[]): string {
  return names
    .map((name) => JSON.stringify([name, ...findAll(header, name).map(squeezed)]))
    .join('')
}

/** However it is folded. */
const squeezed = (value: string): string => value.replace(/\s+/g, ' ').trim()

function isEmpty({ raw, bodyStart, bodyEnd }: Part): boolean {
  for (let at = bodyStart; at < bodyEnd; at++) {
    const byte = raw[at]
    if (byte !== CR && byte !== LF && byte !== SP && byte !== TAB) return false
  }
  return true
}
