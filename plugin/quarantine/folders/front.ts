// What a mail client shows of a message stands in it: in front of the bytes that were received, in IMAP's view only,
// there are fields of ours that say how it came and why it is here. They follow from the item alone and never change, so
// that UIDs and sizes keep their meaning: what is written here for an item is written so for as long as it lives.
import type { Evidence, Item, Verdict } from '../../mail.ts'
import { FIELDS_MAX } from '../../mime/headers.ts'
import { SP, TAB } from '../../mime/octets.ts'
import type { Part } from '../../mime/structure.ts'

/** Names in lower case of the fields that may stand there. */
export const FRONT_FIELDS: ReadonlySet<string> = new Set([
  'received',
  'x-envelope-from',
  'x-envelope-to',
  'x-spam-status',
  'x-lazaret-original',
])

/** What came in by SMTP. What people put here, and our own messages, are shown as they are. */
const KINDS: ReadonlySet<Item['kind']> = new Set<Item['kind']>(['held', 'copy', 'split'])

export type Fronted = Pick<
  Item,
  'kind' | 'at' | 'sender' | 'recipients' | 'verdict' | 'received' | 'required'
>

/** Whether a message is shown with fields of ours. */
export const isFronted = ({ kind }: Pick<Item, 'kind'>): boolean => KINDS.has(kind)

/** The fields of an item, each with its line end. `raw`: its message, or how it begins. */
export function frontOf(item: Fronted, raw: Buffer): Buffer {
  if (!isFronted(item)) return NOTHING
  const lines = [
    `Received: ${item.received ?? synthesized(item)}`,
    `X-Envelope-From: ${address(item.sender)}`,
    `X-Envelope-To: ${envelopeTo(item).join(`,${FOLD}`)}`,
  ]
  if (item.verdict)
    lines.push(`X-Spam-Status: ${spamStatus(item.verdict, item.required, reasonsOf(item.verdict))}`)
  // RFC 5322 §2.2.3: a message that begins with white space would go on with our last field.
  if (raw[0] === SP || raw[0] === TAB) lines.push('X-Lazaret-Original:')
  return Buffer.from(`${lines.join('\r\n')}\r\n`)
}

const NOTHING = Buffer.alloc(0)
const FOLD = '\r\n\t'

/** Whether the message reads the same behind our fields as alone: then nothing but its header is another. */
export function readsAlike({ raw, header }: Part): boolean {
  const begin = raw.toString('latin1', 0, 6)
  // The envelope line of mbox is one only where it stands first.
  return !/^(?:[ \t]|>?From )/.test(begin) && header.fields.length + FRONT_FIELDS.size < FIELDS_MAX
}

/** Recipients shown of outgoing mail. */
const RECIPIENTS_MAX = 100

/** As X-Envelope-To names them. */
export function envelopeTo({ recipients }: Pick<Item, 'recipients'>): string[] {
  const rest = recipients.length - RECIPIENTS_MAX
  const shown = recipients.slice(0, RECIPIENTS_MAX).map(address)
  return rest > 0 ? [...shown, `(and ${rest} more)`] : shown
}

const address = (text: string): string =>
  text === '' ? '<>' : text.replace(/[\p{Cc}\u2028\u2029]/gu, '?').slice(0, ADDRESS_MAX)

/** RFC 5321 §4.5.3.1 has less. */
const ADDRESS_MAX = 900

const TRACE_LINES_MAX = 20
const TRACE_LINE_MAX = 900

/** A Received field as Haraka wrote it, without its name: printable ASCII, folded as it was, bounded. */
export function traceValue(value: string): string {
  return value
    .split(/\r?\n[ \t]+/)
    .slice(0, TRACE_LINES_MAX)
    .map((line) => printable(line.trim()).slice(0, TRACE_LINE_MAX))
    .join(FOLD)
}

/** Of what was held before traces were kept, or without a connection: what is known. */
function synthesized({ at, sender }: Fronted): string {
  const date = new Date(at).toUTCString().replace('GMT', '+0000')
  const from = sender === '' ? '<>' : `<${printable(address(sender))}>`
  return `by localhost (Lazaret) with SMTP${FOLD}envelope-from ${from};${FOLD}${date}`
}

const REASONS_MAX = 6
const REASON_LENGTH_MAX = 120

/** Texts of the evidence that counts most: first that another plugin wanted it held. `tell`: in which words. */
export function reasonsOf(
  { evidence }: Verdict,
  tell: (one: Evidence) => string = ({ text }) => text,
): string[] {
  const [wanted, others] = [true, false].map((plugin) =>
    evidence.filter(({ name }) => (name === 'plugin') === plugin),
  )
  return [...wanted, ...others]
    .slice(0, REASONS_MAX)
    .map((one) => quotable(tell(one)).slice(0, REASON_LENGTH_MAX))
}

/**
 * The value of X-Spam-Status, folded: RFC 5322 §2.2.3, at white space, each line well under 998 octets. `required`: the
 * threshold of the day, where it is known.
 */
export function spamStatus(
  { class: kind, score }: Verdict,
  required: number | undefined,
  reasons: readonly string[],
): string {
  const bound = required === undefined ? '' : ` required=${required.toFixed(4)}`
  return [
    `${kind === 'spam' ? 'Yes' : 'No'}, score=${score.toFixed(4)}${bound}`,
    `class=${kind}`,
    ...reasons.map((reason) => `reason="${reason}"`),
  ].join(FOLD)
}

/** Nothing of a message may break a header line. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')
const quotable = (text: string): string =>
  // Most are as they may be.
  /^[ !#-[\]-~]*$/.test(text) ? text : printable(text).replace(/["\\]/g, "'")
