// What the verdicts do to the transaction: recipients who are not to get the message now are taken off,
// the header of the others' message is edited, and other plugins are told.
import type { Edit } from '../../mail.ts'
import { fieldName, parseHeader } from '../../mime/headers.ts'
import { prefixSubject } from '../../mime/prefix.ts'
import type { Decision } from '../../quarantine/screen.ts'
import { addressOf, type Transaction } from '../types.ts'

/** Applies the decisions about the message that begins with `raw`. */
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
  const ours = add.map(([name]) => name.toLowerCase())
  // Other plugins may have added some of that name since.
  for (const name of ours)
    if (header.headers[name] || remove.includes(name)) removeField(transaction, name)
  const strange = remove.filter((name) => !ours.includes(name))
  if (strange.length > 0) removeFields(transaction, strange, raw)
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

const nameIn = (line: string): string => FIELD.exec(line)?.[1].toLowerCase() ?? ''

function removeField(transaction: Transaction, name: string): void {
  transaction.remove_header(name)
  const { header_list } = transaction.header
  for (let at = header_list.length - 1; at >= 0; at--)
    if (nameIn(header_list[at]) === name) header_list.splice(at, 1)
}

/** Those that the message came with; what a filter of this server added under the same name stays. */
function removeFields(transaction: Transaction, names: readonly string[], raw: Buffer): void {
  const header = parseHeader(raw)
  const came = new Set<string>()
  for (const field of header.fields)
    if (names.includes(fieldName(header, field)))
      came.add(spaced(raw.toString('utf8', field.start, field.end)))
  const { header_list, headers, headers_decoded } = transaction.header
  for (const name of names) {
    const lines = header_list.filter((line) => nameIn(line) === name)
    const stay = lines.map((line) => !came.has(spaced(line)))
    if (!stay.includes(true)) {
      removeField(transaction, name)
      continue
    }
    for (const line of lines.filter((_, at) => !stay[at]))
      header_list.splice(header_list.indexOf(line), 1)
    for (const values of [headers, headers_decoded])
      values[name] = (values[name] ?? []).filter((_, at) => stay[at] ?? true)
  }
  if (transaction.found_hb_sep) transaction.reset_headers()
}

/** Haraka keeps a field with line ends of its own. */
const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim()
