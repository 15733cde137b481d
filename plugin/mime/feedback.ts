// Reads reports in the Abuse Reporting Format: RFC 5965, with the types of RFC 6430. Tolerant as the programs that write
// them differ: the report may be forwarded inside of another message, and its parts encoded.
import type { Label } from '../mail.ts'
import { decodeEncodedMessage, decodeLenient } from './decode.ts'
import { find, findAll, parseHeader } from './headers.ts'
import { Lexer } from './lexer.ts'
import { parseStructure, type Part } from './structure.ts'

/** Fields of our own (RFC 5965 §3.4). */
export const FEEDBACK_FIELDS = {
  report: 'Lazaret-Report',
  vote: 'Lazaret-Vote',
  verdict: 'Lazaret-Verdict',
  signal: 'Lazaret-Signal',
} as const

export interface Feedback {
  /** Lower case: `abuse`, `not-spam`, ... */
  type: string
  /** What the report says that the message is; null: nothing, or that an earlier one is taken back. */
  label: Label | null
  /** Takes back what the report of the same name said. */
  takesBack: boolean
  /** The name of the report, where it is one of Lazaret. */
  report: string | null
  /** What plugins found of the message. */
  signals: string[]
  /** The message, as far as the report has it. */
  message: Buffer
  /** Of the message it has the header alone. */
  headerOnly: boolean
}

/** RFC 5965 §7.3, RFC 6430 §3. Of `opt-out`, `auth-failure` and the like nothing follows for a filter. */
const LABELS: Readonly<Record<string, Label>> = {
  abuse: 'spam',
  fraud: 'spam',
  virus: 'spam',
  'not-spam': 'ham',
}

/** Null: no report, or one without its message. */
export function readFeedback(raw: Buffer): Feedback | null {
  const parts = feedbackParts(parseStructure(raw))
  if (!parts) return null
  const fields = parseHeader(decodeLenient(parts.report))
  const type = tokenOf(find(fields, 'feedback-type')) ?? ''
  if (type === '') return null
  const about = aboutOf(parts.about)
  if (about.message.length === 0) return null
  const vote = tokenOf(find(fields, FEEDBACK_FIELDS.vote))
  return {
    type,
    label: LABELS[type] ?? null,
    takesBack: vote === 'none',
    report: find(fields, FEEDBACK_FIELDS.report)?.trim() || null,
    signals: findAll(fields, FEEDBACK_FIELDS.signal),
    ...about,
  }
}

/** RFC 5965 §3.5: a token between comments; what is none, as it stands. */
function tokenOf(value: string | null): string | null {
  if (value === null) return null
  const lexer = new Lexer(value)
  const token = lexer.skip() ? lexer.token() : null
  return (token && lexer.ended ? token : value.trim()).toLowerCase()
}

/** The machine-readable part, and behind it that with the message. */
function feedbackParts(part: Part): { report: Part; about: Part } | null {
  const at = part.children.findIndex((one) => isType(one, 'message', 'feedback-report'))
  if (at >= 0) {
    const about = part.children.find(
      (one, i) => i > at && (one.kind === 'message' || isHeader(one)),
    )
    if (about) return { report: part.children[at], about }
  }
  for (const child of part.children) {
    const found = feedbackParts(child)
    if (found) return found
  }
  return null
}

function aboutOf(part: Part): { message: Buffer; headerOnly: boolean } {
  if (isHeader(part)) return { message: decodeLenient(part), headerOnly: true }
  const decoded = decodeEncodedMessage(part)
  const message = decoded ?? part.raw.subarray(part.bodyStart, part.bodyEnd)
  return { message, headerOnly: false }
}

const isType = (part: Part, type: string, subtype: string): boolean =>
  part.type.toLowerCase() === type && part.subtype.toLowerCase() === subtype

/** RFC 6522 §3; some write the older name of RFC 3462. */
const isHeader = (part: Part): boolean =>
  isType(part, 'text', 'rfc822-headers') || isType(part, 'message', 'rfc822-headers')
