// APPEND (RFC 9051 §6.3.12) with MULTIAPPEND (3502), literal8 (3516) and UTF8 (6855 §4).
import { Bad } from '../../errors.ts'
import type { DateTime } from './dates.ts'
import { Reader, type ReaderOptions } from './reader.ts'
import type { Received } from './step.ts'

interface Prefix {
  readonly flags: readonly string[]
  readonly date?: DateTime
  /** the literal stands in UTF8 (...): a message with UTF-8 header fields */
  readonly utf8: boolean
}

export interface AppendMessage extends Prefix {
  /** size 0 asks to abort the whole command (RFC 3502 §6.3.11) */
  readonly bytes: Buffer
  /** sent as literal8, which may hold NUL */
  readonly binary: boolean
}

export interface Append {
  readonly mailbox: string
  readonly messages: readonly AppendMessage[]
}

/** What of an APPEND came before its announced literal. */
export interface AppendStart {
  readonly mailbox: string
  /** of the message whose literal is announced */
  readonly next: Prefix
  /** literals that have come: messages, and perhaps the name of the mailbox */
  readonly literals: number
}

/** Flags, date and `UTF8 (` before a literal, each with its space. */
function readPrefix(reader: Reader): Prefix {
  let flags: readonly string[] = []
  if (reader.peek() === 0x28) {
    flags = reader.flagList()
    reader.needSpace()
  }
  let date: DateTime | undefined
  if (reader.peek() === 0x22) {
    date = reader.dateTime()
    reader.needSpace()
  }
  return { flags, date, utf8: reader.takeText('UTF8 (') }
}

function readMessage(reader: Reader, prefix: Prefix): AppendMessage {
  const literal = reader.takeLiteral()
  if (!literal) throw reader.bad('flags in parentheses, a quoted date, or the literal')
  if (prefix.utf8) reader.need(')')
  // RFC 6855 §4: UTF8 takes a literal8; RFC 9051 §4.3.1: a plain literal holds no NUL, but the
  // clients that send one mean the message as it is, so it is kept.
  if (prefix.utf8 && !literal.binary) throw new Bad('UTF8 needs a literal8, ~{size}')
  return { ...prefix, bytes: literal.bytes, binary: literal.binary }
}

/** Arguments of APPEND. */
export function parseAppend(reader: Reader): Append {
  reader.needSpace()
  const mailbox = reader.mailbox()
  const messages: AppendMessage[] = []
  do {
    reader.needSpace()
    messages.push(readMessage(reader, readPrefix(reader)))
  } while (reader.peek() === 0x20)
  reader.needEnd()
  return { mailbox, messages }
}

/**
 * Start of an APPEND whose next literal is announced, so that it can be refused unread; undefined
 * if that literal is the mailbox name. Bad if what stands before the literal is wrong. Messages before
 * it were looked at when theirs were announced: thousands of them must not be read a thousand times.
 */
export function parseAppendStart(
  start: Received,
  options: ReaderOptions = {},
): AppendStart | undefined {
  const reader = new Reader(start, options)
  reader.needSpace()
  if (reader.atEnd) return undefined
  const mailbox = reader.mailbox()
  const literals = start.parts.filter(({ kind }) => kind === 'literal').length
  if (reader.inLastText) return { mailbox, next: readNext(reader), literals }
  const rest = new Reader({ parts: start.parts.slice(-1), at: 0 }, options)
  rest.take(')') // of a UTF8 (...) before it
  return { mailbox, next: readNext(rest), literals }
}

function readNext(reader: Reader): Prefix {
  reader.needSpace()
  const next = readPrefix(reader)
  reader.needEnd()
  return next
}
