// Headers that delivered mail carries, in the form that Sieve scripts and mail clients already know.
import type { Edit, Verdict } from '../mail.ts'
import { FIELDS_MAX, isNamed, nameHash, type Header } from '../mime/headers.ts'
import type { Settings } from '../settings.ts'

/** Our fields: forged ones are removed before ours go on. */
export const OUR_FIELDS = ['x-spam-flag', 'x-spam-score', 'x-spam-status', 'x-lazaret-release']

const NAMED = OUR_FIELDS.map((name) => ({ name, hash: nameHash(name) }))

const REASONS_MAX = 6
const REASON_LENGTH_MAX = 120

/** Those of our fields that a message came with; all of them where it has more fields than are told apart. */
export function forgedFields(header: Header): string[] {
  const { fields } = header
  if (fields.length >= FIELDS_MAX) return OUR_FIELDS
  const found = NAMED.filter(({ name, hash }) =>
    fields.some((field) => isNamed(header, field, name, hash)),
  )
  return found.map(({ name }) => name)
}

/** `forged`: fields of the message to be taken out. */
export function verdictEdit(verdict: Verdict, settings: Settings, forged: string[]): Edit {
  const spam = verdict.class === 'spam'
  const reasons = verdict.evidence
    .slice(0, REASONS_MAX)
    .map(({ text }) => printable(text).slice(0, REASON_LENGTH_MAX))
  const status = [
    `${spam ? 'Yes' : 'No'}, score=${verdict.score.toFixed(4)} required=${settings.spam.toFixed(4)}`,
    `class=${verdict.class}`,
    ...reasons.map((reason) => `reason="${reason}"`),
  ]
  const prefix = settings.subject_prefix
  return {
    remove: forged,
    add: [
      ['X-Spam-Flag', spam ? 'YES' : 'NO'],
      ['X-Spam-Score', verdict.score.toFixed(4)],
      // RFC 5322 §2.2.3: folded at white space, each line well under 998 octets.
      ['X-Spam-Status', status.join('\r\n\t')],
    ],
    subjectPrefix:
      spam && settings.action === 'tag' && prefix !== '' && prefix.toLowerCase() !== 'off'
        ? prefix
        : null,
  }
}

export function sameEdit(a: Edit | null, b: Edit | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Nothing of a message may break a header line: printable ASCII without quotes, the rest as `?`. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'")
}
