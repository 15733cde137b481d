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
  const items = new Set<number>()
  for (const { outcome, verdict, item } of decisions) {
    if (outcome === 'hold') held++
    else if (outcome === 'reject') rejected++
    else delivered++
    if (verdict && (!worst || verdict.score > worst.score)) worst = verdict
    if (item !== null) items.add(item)
  }
  const [kind, score] = [worst?.class, worst?.score]
  return {
    class: kind,
    score,
    held,
    rejected,
    delivered,
    items: [...items].join(','),
    // For the log; without it Haraka puts one together from all that is above, for each message.
    human: `class: ${kind ?? 'none'}, score: ${score?.toFixed(4) ?? '-'}, held: ${held}, rejected: ${rejected}, delivered: ${delivered}`,
  }
}

function editHeader(
  transaction: Transaction,
  { remove, add, subjectPrefix }: Edit,
  raw: Buffer,
): void {
  const ours = new Set(add.map(([name]) => name.toLowerCase()))
  removeFields(transaction, ours, new Set(remove), raw)
  const subject = subjectPrefix === null ? null : prefixSubject(parseHeader(raw), subjectPrefix)
  if (subject !== null) {
    removeFields(transaction, new Set(['subject']), new Set(), raw)
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

/**
 * Takes out all fields called as one of `all`, and those called as one of `came` that the message came with: what a filter
 * of this server added under such a name stays. In one pass: a message may have a thousand fields of as many such names.
 */
function removeFields(
  transaction: Transaction,
  all: ReadonlySet<string>,
  came: ReadonlySet<string>,
  raw: Buffer,
): void {
  const { header_list, headers, headers_decoded } = transaction.header
  const texts = came.size > 0 ? textsOf(raw, came) : came
  /** By name, in their order. */
  const stay = new Map<string, boolean[]>()
  const kept: string[] = []
  for (const line of header_list) {
    const name = nameIn(line)
    const stays = !all.has(name) && !(came.has(name) && texts.has(spaced(line)))
    if (stays) kept.push(line)
    if (!came.has(name)) continue
    const those = stay.get(name)
    if (those) those.push(stays)
    else stay.set(name, [stays])
  }
  // Haraka's stream of the message has the same list.
  header_list.splice(0, header_list.length, ...kept)
  for (const values of [headers, headers_decoded]) {
    for (const name of all) delete values[name]
    for (const name of came) {
      const which = all.has(name) ? [] : (stay.get(name) ?? [])
      if (which.includes(true))
        values[name] = (values[name] ?? []).filter((_, at) => which[at] ?? true)
      else delete values[name]
    }
  }
  if (transaction.found_hb_sep) transaction.reset_headers()
}

/** The fields of these names that a message came with. */
function textsOf(raw: Buffer, names: ReadonlySet<string>): Set<string> {
  const header = parseHeader(raw)
  const texts = new Set<string>()
  for (const field of header.fields)
    if (names.has(fieldName(header, field)))
      texts.add(spaced(raw.toString('utf8', field.start, field.end)))
  return texts
}

/** Haraka keeps a field with line ends of its own. */
const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim()
