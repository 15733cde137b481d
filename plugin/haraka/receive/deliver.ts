// What the verdicts do to the transaction: recipients who are not to get the message now are taken off,
// the header of the others' message is edited, and other plugins are told.
import type { Edit } from '../../mail.ts'
import { parseHeader } from '../../mime/headers.ts'
import { prefixSubject } from '../../mime/prefix.ts'
import { OUR_FIELDS } from '../../quarantine/edit.ts'
import type { Decision } from '../../quarantine/screen.ts'
import { addressOf, type Transaction } from '../types.ts'

/** Applies the decisions about the message `raw`. */
export function apply(transaction: Transaction, decisions: readonly Decision[], raw: Buffer): void {
  const delivered = decisions.filter(({ outcome }) => outcome === 'deliver')
  if (delivered.length < decisions.length) {
    const stay = new Set(delivered.map(({ recipient }) => recipient))
    transaction.rcpt_to = transaction.rcpt_to.filter((one) => stay.has(addressOf(one)))
  }
  const edit = delivered.at(-1)?.edit
  if (edit) editHeader(transaction, edit, raw)
  transaction.results.add(PLUGIN, summary(decisions))
}

const PLUGIN = { name: 'lazaret' }

/** Scalars, for karma and for logs: the worst verdict, and what became of how many recipients. */
function summary(decisions: readonly Decision[]): Record<string, string | number | undefined> {
  let [held, rejected, delivered] = [0, 0, 0]
  let worst: Decision['verdict'] = null
  const items: number[] = []
  for (const { outcome, verdict, item } of decisions) {
    if (outcome === 'hold') held++
    else if (outcome === 'reject') rejected++
    else delivered++
    if (verdict && (!worst || verdict.score > worst.score)) worst = verdict
    if (item !== null && !items.includes(item)) items.push(item)
  }
  const [kind, score] = [worst?.class, worst?.score]
  return {
    class: kind,
    score,
    held,
    rejected,
    delivered,
    items: items.join(','),
    // For the log; without it Haraka puts one together from all that is above, for each message.
    human: `class: ${kind ?? 'none'}, score: ${score?.toFixed(4) ?? '-'}, held: ${held}, rejected: ${rejected}, delivered: ${delivered}`,
  }
}

function editHeader(
  transaction: Transaction,
  { remove, add, subjectPrefix }: Edit,
  raw: Buffer,
): void {
  const { header } = transaction
  for (const name of remove) removeField(transaction, name)
  // Other plugins may have added some of that name since.
  for (const name of OUR_FIELDS) if (header.headers[name]) removeField(transaction, name)
  const subject = subjectPrefix === null ? null : prefixSubject(parseHeader(raw), subjectPrefix)
  if (subject !== null) {
    removeField(transaction, 'subject')
    transaction.add_header('Subject', subject)
  }
  addLeading(transaction, add)
}

/**
 * As transaction.add_leading_header does it, at once for all, and without its search for parameters and
 * encoded words: values of ours are ASCII and hold none, and their folds are right (see edit.ts).
 */
function addLeading(transaction: Transaction, add: Edit['add']): void {
  const { header } = transaction
  header.header_list.unshift(...add.map(([name, value]) => `${name}: ${value}\n`))
  for (const [name, value] of add) {
    header.headers[name.toLowerCase()] = [value]
    header.headers_decoded[name.toLowerCase()] = [value.replaceAll('\r\n', '')]
  }
  if (transaction.found_hb_sep) transaction.reset_headers()
}

/** RFC 5322 §4.5.3: white space before the colon is obsolete, but some still take it for the same field. */
const FIELD = /^([^\s:]+)[ \t]*:/

function removeField(transaction: Transaction, name: string): void {
  transaction.remove_header(name)
  const { header_list } = transaction.header
  for (let at = header_list.length - 1; at >= 0; at--)
    if (FIELD.exec(header_list[at])?.[1].toLowerCase() === name) header_list.splice(at, 1)
}
