// Headers that delivered mail carries, in the form that Sieve scripts and mail clients already know.
import type { Edit, Evidence, Verdict } from '../mail.ts'
import { fieldName, FIELDS_MAX, type Field, type Header } from '../mime/headers.ts'
import type { Settings } from '../settings.ts'
import { reasonsOf, spamStatus } from './folders/front.ts'

/** Our fields: forged ones are removed before ours go on. */
export const OUR_FIELDS = ['x-spam-flag', 'x-spam-score', 'x-spam-status', 'x-lazaret-release']

const SAID = (
  'action bar checker-version class classification details flag hits level probability rating reason report ' +
  'result score score_int status summary symbols tests threshold verdict'
).split(' ')

/** What filters say under other names, and Sieve scripts, mail clients and their users believe. */
const OTHERS = [
  'x-spam',
  'x-ham-report',
  'x-spambayes-classification',
  'x-bogosity',
  'x-spamcheck',
  // SpamAssassin and those that write as it does; Exim writes some with an underscore.
  ...['-', '_'].flatMap((dash) => SAID.map((what) => `x-spam${dash}${what}`)),
]

/** Every name that is removed, apart from families. */
export const VERDICT_FIELDS: readonly string[] = [...new Set([...OUR_FIELDS, ...OTHERS])]

const KNOWN: ReadonlySet<string> = new Set(VERDICT_FIELDS)
/** X-Spamd-Bar, X-Spamd-Result, X-Rspamd-Score, X-DSPAM-Result, X-CRM114-Status, X-Barracuda-Spam-Flag ... */
const FAMILY = /^x-(?:r?spamd|dspam|crm114|barracuda-spam)-/

/**
 * Names of the fields that a message came with and that tell of a verdict, each once; all that are known where it
 * has more fields than are told apart.
 */
export function forgedFields(header: Header): string[] {
  const { fields } = header
  const found = new Set<string>(fields.length >= FIELDS_MAX ? VERDICT_FIELDS : [])
  for (const field of fields) {
    if (!isExtension(header, field)) continue
    const name = fieldName(header, field)
    if (KNOWN.has(name) || FAMILY.test(name)) found.add(name)
  }
  return [...found]
}

/** Most fields are passed over without a look at their names. */
function isExtension({ raw }: Header, { hash, start }: Field): boolean {
  return hash !== 0 && (raw[start] | 0x20) === 0x78 && raw[start + 1] === 0x2d
}

/** What a person may read on a list is not for everybody whom a delivered message reaches: whose it is, and its masks. */
const FOR_EVERYBODY: Readonly<Record<string, string>> = {
  'allow-list': 'the sender is on an allow list',
  'block-list': 'the sender is on a block list',
}

const reasonOf = ({ name, text }: Evidence): string => FOR_EVERYBODY[name] ?? text

/** `forged`: fields of the message to be taken out. */
export function verdictEdit(verdict: Verdict, settings: Settings, forged: string[]): Edit {
  const spam = verdict.class === 'spam'
  const prefix = settings.subject_prefix
  return {
    remove: forged,
    add: [
      ['X-Spam-Flag', spam ? 'YES' : 'NO'],
      ['X-Spam-Score', verdict.score.toFixed(4)],
      ['X-Spam-Status', spamStatus(verdict, settings.spam, reasonsOf(verdict, reasonOf))],
    ],
    subjectPrefix:
      spam && settings.action === 'tag' && prefix !== '' && prefix.toLowerCase() !== 'off'
        ? prefix
        : null,
  }
}

/**
 * Tells edits apart: a text that those have in common which are the same. Names to be taken out are as many as a sender likes, and are
 * one list for all recipients.
 */
export function editKeys(): (edit: Edit | null) => string {
  const lists: (readonly string[])[] = []
  return (edit) => {
    if (!edit) return ''
    const { remove, add, subjectPrefix } = edit
    let list = lists.findIndex((one) => one === remove || same(one, remove))
    if (list < 0) list = lists.push(remove) - 1
    return JSON.stringify([list, add, subjectPrefix])
  }
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i])
