// What is odd in a message, and so why two servers may read it differently. Each oddity is looked for in the message
// itself, never in an answer: an answer that differs without one is a fault of ours until it has a reason here.
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
      kind === 'message' && children.some(({ raw, header }) => !endsEmpty(raw, header.start)),
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
    name: 'Content-Type without a type',
    why: 'Dovecot tells an empty type, which no client knows; RFC 2045 §5.2 has text/plain for what cannot be read',
    changes: ['shape', 'values', 'bytes', 'preview', 'search'],
    of: ({ header }) => {
      const type = typeOf(header)
      return type !== null && !/^(?:\s|\([^()]*\))*[^\s()<>@,;:\\"/[\]?=]+/.test(type)
    },
  },
]

const endsEmpty = (raw: Buffer, start: number): boolean => {
  const { end, fieldsEnd } = parseHeader(raw, start)
  return end > fieldsEnd
}

/** True for a Content-Type or Content-Disposition of RFC 2045 §5.1, RFC 2183 §2. */
function isParameterized(value: string): boolean {
  const plain = value
    .replace(/"(?:[^"\\]|\\.)*"/g, 'Q')
    .replace(/\((?:[^()\\]|\\.)*\)/g, ' ')
    .replace(/\((?:[^()\\]|\\.)*\)/g, ' ')
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

const typeOf = (header: Header): string | null => find(header, 'content-type')

const ATEXT = "!#-'*+\\-/-9=?A-Z^-~\\x80-\\xff"
const HOST = `[${ATEXT}]+(?:\\.[${ATEXT}]+)*`
const MAILBOX = new RegExp(`^(?:[${ATEXT}. ]*<[${ATEXT}.]+@${HOST}>|[${ATEXT}.]+@${HOST}|)$`)
const GROUP = new RegExp(`[${ATEXT}. ]+:([^:;]*);`, 'g')

/** True for a list of RFC 5322 §3.4. Quoted strings and literals are made a letter, comments a space. */
function isList(value: string): boolean {
  const plain = value
    .replace(/"(?:[^"\\]|\\.)*"/g, 'Q')
    .replace(/\((?:[^()\\]|\\.)*\)/g, ' ')
    .replace(/@\[[^[\]\\]*\]/g, '@L')
    .replace(/\s+/g, ' ')
    .replace(/ ?([<>@.,:;]) ?/g, '$1')
    .replace(GROUP, '$1')
  return plain.split(',').every((one) => MAILBOX.test(one.trim()))
}
