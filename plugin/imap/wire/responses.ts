// Untagged responses whose form is easy to get wrong, each one whole line.
import { formatPartialRange, type PartialRange } from './partial.ts'
import { DELIMITER } from './pattern.ts'
import type { Range } from './sets.ts'
import type { StatusItem } from './status.ts'
import type { Writer } from './writer.ts'

export interface ListLine {
  readonly response?: 'LIST' | 'LSUB' | 'XLIST'
  /** `\HasNoChildren`, `\Subscribed`, `\Junk` ... */
  readonly attributes: readonly string[]
  readonly mailbox: string
  /** selection options that children match: CHILDINFO (RFC 5258 §4) */
  readonly childInfo?: readonly string[]
  /** what the mailbox was called before (RFC 5465 §5.4) */
  readonly oldName?: string
}

/** `* LIST (\Junk) "/" Spam` */
export function writeList(writer: Writer, line: ListLine): void {
  writer.untagged().atom(line.response ?? 'LIST')
  writer.list(line.attributes, (attribute, w) => w.atom(attribute))
  writer.string(DELIMITER).mailbox(line.mailbox)
  if (line.childInfo && line.childInfo.length > 0) {
    writer.open().string('CHILDINFO')
    writer.list(line.childInfo, (option, w) => w.string(option)).close()
  }
  if (line.oldName !== undefined)
    writer.open().string('OLDNAME').open().mailbox(line.oldName).close().close()
  writer.crlf()
}

/** `* LIST (\Noselect) "/" ""`: the answer to `LIST "" ""` (RFC 9051 §6.3.9). */
export function writeDelimiter(writer: Writer, response: 'LIST' | 'LSUB' | 'XLIST' = 'LIST'): void {
  writer.untagged().atom(response).flags(['\\Noselect']).string(DELIMITER).string('').crlf()
}

/** Values of STATUS: numbers, MAILBOXID's object id in parentheses, NIL for no APPENDLIMIT. */
export type StatusValues = Partial<Record<StatusItem, number | string | null>>

/** `* STATUS Spam (MESSAGES 3 MAILBOXID (F1))` */
export function writeStatus(writer: Writer, mailbox: string, values: StatusValues): void {
  writer.untagged().atom('STATUS').mailbox(mailbox).open()
  for (const [name, value] of Object.entries(values)) {
    writer.atom(name)
    if (typeof value === 'number') writer.number(value)
    else if (typeof value === 'string') writer.open().atom(value).close()
    else writer.nil()
  }
  writer.close().crlf()
}

export interface Esearch {
  readonly tag: string
  readonly uid: boolean
  readonly min?: number
  readonly max?: number
  readonly count?: number
  /** an empty one is left out (RFC 9051 §7.3.4) */
  readonly all?: readonly Range[]
  readonly partial?: { readonly range: PartialRange; readonly found: readonly Range[] }
  readonly modseq?: number
}

/** `* ESEARCH (TAG "a1") UID COUNT 2 ALL 4,7` (RFC 9051 §7.3.4, RFC 9394 §3.1) */
export function writeEsearch(writer: Writer, result: Esearch): void {
  writer.untagged().atom('ESEARCH').open().atom('TAG').string(result.tag).close()
  if (result.uid) writer.atom('UID')
  const numbers = { MIN: result.min, MAX: result.max, COUNT: result.count }
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined) writer.atom(name).number(value)
  }
  if (result.all && result.all.length > 0) writer.atom('ALL').set(result.all)
  if (result.partial) {
    const { range, found } = result.partial
    writer.atom('PARTIAL').open().atom(formatPartialRange(range))
    if (found.length === 0) writer.nil()
    else writer.set(found)
    writer.close()
  }
  if (result.modseq !== undefined) writer.atom('MODSEQ').number(result.modseq)
  writer.crlf()
}

/** `* SEARCH 2 84 (MODSEQ 917)` or `* SORT ...` (RFC 3501 §7.2.5, RFC 5256 §4, RFC 7162 §3.1.5) */
export function writeNumbers(
  writer: Writer,
  response: 'SEARCH' | 'SORT',
  numbers: Iterable<number>,
  modseq?: number,
): void {
  writer.untagged().atom(response)
  for (const number of numbers) writer.number(number)
  if (modseq !== undefined) writer.open().atom('MODSEQ').number(modseq).close()
  writer.crlf()
}

/** `* VANISHED (EARLIER) 41,43:116` (RFC 7162 §3.2.10); nothing for no UIDs. */
export function writeVanished(
  writer: Writer,
  uids: readonly Range[],
  options: { earlier: boolean },
): void {
  if (uids.length === 0) return
  writer.untagged().atom('VANISHED')
  if (options.earlier) writer.open().atom('EARLIER').close()
  writer.set(uids).crlf()
}

/** A message of a thread, or none where only its children are known, and what follows it. */
export interface ThreadNode {
  readonly number?: number
  readonly children: readonly ThreadNode[]
}

/**
 * `* THREAD (2)(3 6 (4 23)(44 7 96))` (RFC 5256 §4). An only child stands beside its parent, several
 * stand in parentheses each; threads are as deep as mail makes them, so there is no recursion.
 */
export function writeThread(writer: Writer, threads: readonly ThreadNode[]): void {
  writer.untagged().atom('THREAD')
  const todo: ('close' | { node: ThreadNode; beside: boolean })[] = []
  const enter = (nodes: readonly ThreadNode[]) => {
    for (let i = nodes.length - 1; i >= 0; i--) todo.push({ node: nodes[i], beside: i > 0 })
  }
  enter(threads)
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (next === 'close') {
      writer.close()
      continue
    }
    if (next.beside) writer.glue()
    writer.open()
    let { node } = next
    if (node.number !== undefined) writer.number(node.number)
    while (node.children.length === 1) {
      node = node.children[0]
      if (node.number !== undefined) writer.number(node.number)
    }
    todo.push('close')
    enter(node.children)
  }
  writer.crlf()
}
