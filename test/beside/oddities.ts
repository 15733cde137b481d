// What is odd in a message, and so why two servers may read it differently. Each oddity is looked for in the message
// itself, never in an answer: an answer that differs without one is a fault of ours until it has a reason here.
import { isKnownCharset } from '../../plugin/mime/charset.ts'
import { decodeEncodedMessage, decodeLenient } from '../../plugin/mime/decode.ts'
import { param } from '../../plugin/mime/params.ts'
import { parseHeader, find, findAll, type Header } from '../../plugin/mime/headers.ts'
import type { Part } from '../../plugin/mime/structure.ts'

/** What an oddity of a part may change of the answers about it and what is in it. */
export type Aspect = 'envelope' | 'shape' | 'values' | 'bytes' | 'preview' | 'search'

export interface Oddity {
  readonly name: string
  /** Why we differ from Dovecot there. */
  readonly why: string
  readonly changes: readonly Aspect[]
  readonly of: (part: Part) => boolean
}

const EVERYTHING: readonly Aspect[] = ['shape', 'values', 'bytes', 'preview', 'search']
const LOST_FOLD = /^[a-z][a-z0-9*-]*[ \t]*=/i

/** Two kinds that the answers show by themselves. */
export const SMALL_LETTERS = {
  name: 'small letters',
  why: 'Dovecot keeps one bit for text/plain in us-ascii and tells it in small letters, we as it is written',
}
export const WHITE_END = {
  name: 'white space at the ends of a field',
  why: 'Dovecot keeps the one beside a fold, we none',
}

export const ENCLOSED = {
  name: 'header of an enclosed message',
  why: 'it is text of the body that encloses it: we find a forwarded mail by its subject, Dovecot with TEXT alone',
}
export const NOTHING = {
  name: 'Dovecot previews nothing',
  why: 'it looks at one part, and that is empty or of another type; we go on to the next text',
}
export const OTHER_TEXT = {
  name: 'another text is previewed',
  why: 'Dovecot takes the first text/* part, we the first that is plain text or HTML',
}
export const WEB_CHARSET = {
  name: 'charset as browsers know it',
  why: 'Dovecot has nothing for what gb2312, ks_c_5601-1987 or iso-8859-1 do not have; we read the larger sets that are meant',
}
export const HTML_WORDS = {
  name: 'other words of the same HTML are previewed',
  why: 'Dovecot shows titles, lists to choose from and what has no end; we what a person reads first',
}
/** All kinds, each with its reason. */
export const KINDS = (): readonly { name: string; why: string }[] => [
  ...ODDITIES,
  SMALL_LETTERS,
  WHITE_END,
  ENCLOSED,
  NOTHING,
  OTHER_TEXT,
  HTML_WORDS,
  WEB_CHARSET,
]

const ADDRESS_FIELDS = ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc']

export const ODDITIES: readonly Oddity[] = [
  {
    name: 'multipart without parts',
    why: 'Dovecot names an empty part that nobody can fetch; we show what stands there as text',
    changes: ['shape', 'values', 'bytes', 'preview', 'search'],
    of: ({ kind, children }) =>
      kind === 'multipart' &&
      children.length === 1 &&
      children[0].header.end === children[0].header.start &&
      children[0].header.fields.length === 0,
  },
  {
    name: 'header without its empty line',
    why: 'Dovecot takes the whole text for a header and shows nothing; we let the body start where no field can be',
    changes: ['envelope', 'shape', 'values', 'bytes', 'preview', 'search'],
    of: ({ raw, header }) => parseHeader(raw, header.start).end !== header.end,
  },
  {
    name: 'address against the rules',
    why: 'Dovecot tells SYNTAX_ERROR, MISSING_DOMAIN or the display name, clients and we find the address',
    changes: ['envelope'],
    of: ({ header }) =>
      ADDRESS_FIELDS.some((name) => findAll(header, name).some((value) => !isList(value))),
  },
  {
    name: 'long boundary',
    why: 'Dovecot compares the first 80 octets of a boundary, we all of them: so we see what closes it',
    changes: ['shape', 'values', 'bytes', 'preview', 'search'],
    of: (part) => part.kind === 'multipart' && /boundary[^;]{80}/i.test(typeOf(part.header) ?? ''),
  },
  {
    name: 'delimiter in an enclosed header',
    why: 'Dovecot counts the line end before it to the enclosed message, RFC 2046 §5.1.1 to the delimiter',
    changes: ['bytes'],
    of: ({ kind, children }) =>
      kind === 'message' && children.some(({ header }) => header.end === header.fieldsEnd),
  },
  {
    name: 'no body before a delimiter',
    why: 'Dovecot counts the empty line of the header to the delimiter, we to the header',
    changes: ['bytes'],
    of: ({ raw, bodyStart, bodyEnd }) =>
      bodyStart === bodyEnd && raw.toString('latin1', bodyEnd, bodyEnd + 2) === '--',
  },
  {
    name: 'parameters against the grammar',
    why: 'Dovecot drops them or the whole type; we take a parameter without semicolon or quotes, as RFC 2231 has it, or on a line that lost its fold',
    changes: EVERYTHING,
    of: ({ header }) =>
      ['content-type', 'content-disposition'].some((name) =>
        findAll(header, name).some((value) => !isParameterized(value)),
      ) || header.fields.some((field) => LOST_FOLD.test(header.slice(field.start, field.end))),
  },
  {
    name: 'several transfer encodings',
    why: 'Dovecot tells the first in BODYSTRUCTURE and decodes by the last; we decode by what we tell',
    changes: ['preview', 'search'],
    of: ({ header }) => findAll(header, 'content-transfer-encoding').length > 1,
  },
  {
    name: 'Content-Type without a type and subtype',
    why: 'Dovecot tells empty ones, which no client knows; RFC 2045 §5.2 has text/plain for what cannot be read',
    changes: EVERYTHING,
    of: ({ header }) => {
      const type = typeOf(header)
      return type !== null && !TYPE.test(withoutComments(type))
    },
  },
  {
    name: 'several types',
    why: 'Dovecot tells the first in BODYSTRUCTURE and searches by the last; we search by what we tell',
    changes: ['preview', 'search'],
    of: ({ header }) => findAll(header, 'content-type').length > 1,
  },
  {
    name: 'unknown transfer encoding',
    why: 'Dovecot does not look into it; we take it as it stands, which is what 8bits and the like mean',
    changes: ['preview', 'search'],
    of: ({ content: { encoding } }) =>
      encoding !== null && !/^(?:7bit|8bit|binary|base64|quoted-printable)$/i.test(encoding),
  },
  {
    name: 'base64 in runs',
    why: 'Dovecot stops at the first padding; we decode what is base64 behind it, as clients do',
    changes: ['preview', 'search'],
    of: ({ content, raw, bodyStart, bodyEnd }) =>
      content.encoding?.toLowerCase() === 'base64' &&
      /=\r?\n[a-z0-9+/]/i.test(raw.toString('latin1', bodyStart, bodyEnd)),
  },
  {
    name: 'text in a charset that is not declared',
    why: 'Dovecot reads it as UTF-8 and shows question marks; we as ISO-2022-JP, UTF-8 or windows-1252',
    changes: ['preview', 'search'],
    of: (part) =>
      part.kind === 'text' &&
      isUndeclared(
        decodeLenient(part).toString('latin1'),
        param(part.content.contentType?.params ?? [], 'charset') ?? '',
      ),
  },
  {
    name: 'encoded message',
    why: 'a message/rfc822 in base64 is against RFC 2046 §5.2.1; we look into it, Dovecot does not',
    changes: ['preview', 'search'],
    of: (part) => part.kind === 'message' && decodeEncodedMessage(part) !== null,
  },
  {
    name: 'more behind the transfer encoding',
    why: 'Dovecot does not tell it and decodes by it; we do both',
    changes: ['values', 'preview', 'search'],
    of: ({ header }) =>
      findAll(header, 'content-transfer-encoding').some(
        (value) => !/^[^\s;,]+$/.test(withoutComments(value).trim()),
      ),
  },
]

const TYPE = /^\s*[^\s()<>@,;:\\"/[\]?=]+\s*\/\s*[^\s()<>@,;:\\"/[\]?=]+\s*(?:;|$|[^\s])/

/** Comments are spaces, also one in another. */
function withoutComments(value: string): string {
  const outer = value.replace(/\((?:[^()\\]|\\.)*\)/g, ' ')
  return outer.replace(/\((?:[^()\\]|\\.)*\)/g, ' ')
}

/** True for a Content-Type or Content-Disposition of RFC 2045 §5.1, RFC 2183 §2. */
function isParameterized(value: string): boolean {
  const plain = withoutComments(value.replace(/"(?:[^"\\]|\\.)*"/g, 'Q'))
    .replace(/\s*([;/=])\s*/g, '$1')
    .trim()
  const [type, ...params] = plain.split(';')
  return (
    /^[^\s;=]+$/.test(type) &&
    params.every(
      (one) =>
        one === '' ||
        (/^[^\s()<>@,;:\\"/[\]?=]+=[^\s()<>@,;:\\"/[\]?=]+$/.test(one) &&
          !/^boundary\*\d*\*?=[^=]*'/i.test(one)),
    )
  )
}

function isUndeclared(text: string, charset: string): boolean {
  if (text.includes('\x1b$')) return !/^iso-2022/i.test(charset)
  const ascii = /^(?:us-)?ascii$/i.test(charset)
  return /[\x80-\xff]/.test(text) && (ascii || !isKnownCharset(charset))
}

const typeOf = (header: Header): string | null => find(header, 'content-type')

const ATEXT = "!#-'*+\\-/-9=?A-Z^-~\\x80-\\xff"
const HOST = `[${ATEXT}]+(?:\\.[${ATEXT}]+)*`
const LOCAL = `(?:\\x01|[${ATEXT}.]+)`
const MAILBOX = new RegExp(`^(?:[${ATEXT}\\x01. ]*<${LOCAL}@${HOST}>|${LOCAL}@${HOST}|)$`)
const GROUP = new RegExp(`[${ATEXT}\\x01. ]+:([^:;]*);`, 'g')

/** True for a list of RFC 5322 §3.4. Quoted strings and literals are made a letter, comments a space. */
function isList(value: string): boolean {
  const plain = value
    .replace(/"(?:[^"\\]|\\.)*"/g, '\x01')
    .replace(/\((?:[^()\\]|\\.)*\)/g, ' ')
    .replace(/@\[[^[\]\\]*\]/g, '@L')
    .replace(/\s+/g, ' ')
    .replace(/ ?([<>@.,:;]) ?/g, '$1')
    .replace(GROUP, '$1')
  return plain.split(',').every((one) => MAILBOX.test(one.trim()))
}
