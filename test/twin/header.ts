// A block of header lines in the twin.
import { Content } from './content.ts'
import { encodedWords } from './decode.ts'
import type { Features } from './features.ts'
import { field } from './field.ts'
import { lower } from './hash.ts'
import {
  isBlankLine,
  isFold,
  isLineEnd,
  lineStop,
  matchAt,
  pastLineEnd,
  startsBody,
  startsContent,
  trim,
  trimStart,
} from './lines.ts'

const RANGE_MAX = 65536

const DROPPED = new RegExp(
  '^(?:x-(?:spam|barracuda|asg-|bogosity|dspam|crm114|virus|amavis|rc-|policyd|bitdefender|anti|scan|' +
    'pmx|ironport|mailscanner|proofpoint|brightmail|razor|ms-exchange-organization-scl|' +
    'forefront-antispam|microsoft-antispam|rspamd|vade|cloudmark|greylist|junk|pyzor|dcc|clamav|' +
    'uvscan|mimedefang|sanitizer|hashcash|keywords|mozilla|uidl|account-key|status|gmail-|imap|folder|' +
    'evolution|kmail)|xstatus|xlevel|xchecker|status|content-length|lines|delivery-date)',
)

export interface Header {
  content: Content
  /** Where the body starts, and where it may start although no empty line stands there. */
  body: number
  loose: number | undefined
}

/** Reads the header block at `begin`. */
export function header(f: Features, text: string, begin: number, depth: number): Header {
  const content = new Content()
  let loose: number | undefined
  let at = begin
  const found = (body: number): Header => ({ content, body: Math.min(body, text.length), loose })
  while (at < text.length) {
    if (isLineEnd(text, at)) return found(pastLineEnd(text, at))
    const name = matchAt(/([!-9;-~]+)[ \t]*:/y, text, at)
    if (!name) {
      const indented = at + matchAt(/[ \t]*/y, text, at)![0].length
      if (at === begin && indented > at && startsContent(text, indented)) {
        at = indented
        continue
      }
      const next = lineStop(text, at) + 1
      if (at >= content.parametersEnd) loose ??= isBlankLine(text, at) ? next : at
      at = next
      continue
    }
    if (startsBody(text, at)) loose ??= at
    const from = at + name[0].length
    let last = lineStop(text, from)
    while (isFold(text, last + 1)) {
      if (isBlankLine(text, last + 1)) loose ??= lineStop(text, last + 1) + 1
      last = lineStop(text, last + 1)
    }
    at = last + 1
    const key = lower(name[1])
    if (DROPPED.test(key)) continue
    const raw = trimStart(text.slice(from, last))
    const value = trim(raw.slice(0, RANGE_MAX))
    // An empty value starts where the line ends.
    if (key === 'content-type') content.addType(text, last - raw.length, value, at)
    if (key === 'content-transfer-encoding') content.addEncoding(text, value, at)
    field(f, key, depth, trim(encodedWords(value)), value.includes('=?'))
  }
  return found(text.length)
}
