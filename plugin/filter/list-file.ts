// Files of lists: read for a bulk import, written for an export. Line by line, so that a file of any
// size costs the memory of one line. Recognised, also mixed in one file:
//
//   *@spam.example                       one mask a line; `#` starts a comment, `\#` is a "#"
//   spam.example   REJECT                postfix access(5): sender and action
//   blocklist_from *@a.example b@c.example    SpamAssassin, Mail::SpamAssassin::Conf
//
// A domain with all its sub-domains is `.a.example` as in access(5), `*@*.a.example` or `*.a.example` as in
// SpamAssassin; to both programs a.example itself is not in it, to us it is (mask.ts). What an entry cannot say
// (networks, `?`) is refused with the reason, never changed.

import { Refused } from '../errors.ts'
import type { ListKind } from '../mail.ts'
import { canonicalScope } from '../scope.ts'
import { isTree, parseMask } from './mask.ts'

/** A mask that was read; `list` where the line itself says which, else the caller does. */
export interface ListFileMask {
  line: number
  list?: ListKind
  mask: string
}

/** What was refused; `text` is safe to print. */
export interface ListFileRefusal {
  line: number
  text: string
  reason: string
}

export type ListFileLine = ListFileMask | ListFileRefusal

/** Characters of a line; SpamAssassin lines hold many masks. */
const LINE_MAX = 65536
/** Characters of a refused text that are shown. */
const SHOWN_MAX = 120

const LISTS: Record<string, ListKind> = {
  welcomelist: 'allow',
  whitelist: 'allow',
  blocklist: 'block',
  blacklist: 'block',
}

/** Masks and refusals of a file, in the order of its lines. */
export async function* readListFile(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<ListFileLine> {
  let number = 0
  let afterAccess = false
  for await (const text of lines(chunks)) {
    number++
    // access(5): a line that starts with white space continues the one before.
    if (afterAccess && /^[ \t]+[^\s#]/.test(text)) continue
    const line = text.trim()
    if (line === '' || line.startsWith('#')) continue
    const { access, found } = readLine(number, line)
    afterAccess = access
    yield* found
  }
}

/** Lines of an export. `masks`: one mask a line, for entries of one list; `spamassassin`: each line says
 *  which list it is of. */
export function* writeListFile(
  entries: Iterable<{ list: ListKind; mask: string }>,
  format: 'masks' | 'spamassassin' = 'masks',
): Generator<string> {
  for (const { list, mask } of entries) {
    if (format === 'masks') yield `${mask.replace(/^#/, '\\#')}\n`
    else {
      const name = list === 'allow' ? 'welcomelist_from' : 'blocklist_from'
      yield `${name} ${isTree(mask) ? '*@*' : ''}${mask.replaceAll('#', '\\#')}\n`
    }
  }
}

/** Cuts text into lines without their ends; of a line that is too long, the beginning. */
async function* lines(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder() // takes a byte order mark away
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (
      typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    ).split('\n')
    for (const [i, part] of parts.entries()) {
      if (i > 0) {
        yield rest
        rest = ''
      }
      rest += part.slice(0, LINE_MAX + 1 - rest.length)
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

function readLine(line: number, text: string): { access: boolean; found: ListFileLine[] } {
  const refuse = (reason: string): { access: boolean; found: ListFileLine[] } => ({
    access: false,
    found: [{ line, text: shown(text), reason }],
  })
  if (text.length > LINE_MAX) return refuse(`The line is longer than ${LINE_MAX} characters.`)
  if (text.includes('\ufffd')) return refuse('The line is not UTF-8.')
  const directive = /^(un)?(welcomelist|whitelist|blocklist|blacklist)_(\w+)(?:\s+(.*))?$/i.exec(
    text,
  )
  if (directive) {
    const [, un, name, kind, rest] = directive
    if (un) return refuse('It takes entries off a list; remove them with "lazaret list remove".')
    const reason = otherDirective(kind.toLowerCase())
    if (reason) return refuse(reason)
    const list = LISTS[name.toLowerCase()]
    const masks = (rest ?? '')
      .replace(/(?<!\\)#.*$/, '')
      .split(/\s+/)
      .filter(Boolean)
    if (masks.length === 0) return refuse('No address follows.')
    return { access: false, found: masks.map((mask) => readMask(line, mask, list)) }
  }
  const [first, action] = text.split(/\s+/, 2)
  if (action === undefined || action.startsWith('#')) {
    return { access: false, found: [readMask(line, first)] }
  }
  const list = actionList(text.slice(first.length).trim())
  if (list === null) {
    return refuse(`"${shown(action)}" is neither OK nor REJECT, and a mask holds no space.`)
  }
  return { access: true, found: [readAccess(line, first, list)] }
}

/** Why a SpamAssassin directive other than `..._from` is refused. */
function otherDirective(kind: string): string | null {
  if (kind === 'from') return null
  if (kind === 'auth' || kind.startsWith('from_')) {
    return 'It demands authentication of one sender; here that is a setting of the scope. Write ..._from.'
  }
  return 'Only senders can be listed: ..._from.'
}

function readMask(line: number, text: string, list?: ListKind): ListFileLine {
  const mask = text.replaceAll('\\#', '#')
  if (mask.includes('?') && list) {
    return { line, text: shown(text), reason: '"?" for any character cannot be said by a mask.' }
  }
  const tree = !mask.includes('@') && mask.startsWith('*.')
  try {
    return { line, ...(list && { list }), mask: parseMask(tree ? mask.slice(1) : mask) }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { line, text: shown(text), reason: error.message }
  }
}

/** Sender of an access(5) line: user@domain, user@, domain, .domain. Postfix' domain covers subdomains only by a
 *  setting; the mask never does. */
function readAccess(line: number, sender: string, list: ListKind): ListFileLine {
  const refuse = (reason: string): ListFileLine => ({ line, text: shown(sender), reason })
  if (sender === '<>') return refuse('The null sender has no address.')
  if (sender.startsWith('.')) return readMask(line, sender, list)
  if (sender.includes('@'))
    return readMask(line, sender.endsWith('@') ? `${sender}*` : sender, list)
  if (/^[\d.]+(?:\/\d+)?$|^[\da-f]*:[\da-f:]*(?:\/\d+)?$/i.test(sender)) {
    return refuse('It is a network, not a sender.')
  }
  return canonicalScope(sender) === null
    ? refuse('It is neither an address nor a domain.')
    : readMask(line, `*@${sender}`, list)
}

/** The list that an access(5) action stands for, or null. */
function actionList(action: string): ListKind | null {
  if (/^(?:ok|permit|relay)$/i.test(action)) return 'allow'
  if (/^(?:reject|discard)(?:\s|$)/i.test(action) || /^5\d\d\s/.test(action)) return 'block'
  // All digits are OK to postfix (a time stamp), but a lone 550 was hardly meant so.
  return /^\d+$/.test(action) && !/^[45]\d\d$/.test(action) ? 'allow' : null
}

/** A text that cannot do harm to a terminal or a log. */
function shown(text: string): string {
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '\ufffd')
  return safe.length > SHOWN_MAX ? `${safe.slice(0, SHOWN_MAX)}…` : safe
}
