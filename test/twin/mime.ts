// The tree of a message in the twin: a latin1 string in, features out.
import { base64, encodedWords, quoted } from './decode.ts'
import { A, B, C, type Features } from './features.ts'
import { fnv, lower, tagOf } from './hash.ts'
import { html } from './html.ts'

const INPUT_MAX = 1 << 20
const RANGE_MAX = 65536
const TEXT_MAX = 8000
const TAGS_MAX = 8192
const DEPTH_MAX = 8
const SNIFF = 500
const BOUNDARY_MAX = 200

const DROPPED = new RegExp(
  '^(?:x-(?:spam|barracuda|asg-|bogosity|dspam|crm114|virus|amavis|rc-|policyd|bitdefender|anti|scan|' +
    'pmx|ironport|mailscanner|proofpoint|brightmail|razor|ms-exchange-organization-scl|' +
    'forefront-antispam|microsoft-antispam|rspamd|vade|cloudmark|greylist|junk|pyzor|dcc|clamav|' +
    'uvscan|mimedefang|sanitizer|hashcash|keywords|mozilla|uidl|account-key|status|gmail-|imap|folder|' +
    'evolution|kmail)|xstatus|xlevel|xchecker|status|content-length|lines|delivery-date)',
)
const VIEW_A = new Set(['subject', 'from', 'to', 'reply-to', 'cc'])
const BOUNDARY = /boundary[ \t\r\n]*=[ \t\r\n]*/i

const trim = (value: string): string => value.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')

/** What of a message its parts share. */
type State = { features: Features; textUsed: number; tags: string }

type Block = { type: string; encoding: string; body: string }

function domain(f: Features, tag: number, value: string): void {
  const at = value.lastIndexOf('@')
  if (at >= 0) f.words(value.slice(at + 1), tag, B)
}

function date(f: Features, tag: number, value: string): void {
  f.shape(tag ^ 0x200, value, B)
  const sign = Math.max(value.lastIndexOf('+'), value.lastIndexOf('-'))
  if (sign >= 0) f.words(value.slice(sign + 1), tag + value.charCodeAt(sign), B)
}

function received(f: Features, tag: number, value: string): void {
  const end = value.lastIndexOf(';')
  const all = end < 0 ? value : value.slice(0, end)
  const id = all.search(/(?<=[ \t\r\n])id[ \t\r\n]/i)
  f.words(id < 0 ? all : all.slice(0, id), tag, B)
  if (id < 0) return
  const rest = all.slice(id)
  const to = rest.search(/(?<=[ \t\r\n])for[ \t\r\n]/i)
  if (to >= 0) f.words(rest.slice(to), tag, B)
}

function contentType(f: Features, tag: number, value: string): void {
  const at = value.search(/boundary[ \t\r\n]*=/i)
  if (at >= 0) f.shape(tag ^ 0x400, value.slice(at), B)
  f.words(at < 0 ? value : value.slice(0, at), tag, B)
}

function signature(f: Features, tag: number, value: string): void {
  for (const item of value.split(';')) {
    const match = /^[ \t\r\n]*d[ \t\r\n]*=(.*)$/is.exec(item)
    if (match) return f.words(match[1], tag, B)
  }
}

function field(f: Features, name: string, depth: number, value: string): void {
  const tag = tagOf(name, depth)
  const view = VIEW_A.has(name) ? A : B
  f.structural(BigInt(value === '' ? (tag + 1) >>> 0 : tag), view)
  if (value === '') return
  switch (name) {
    case 'subject':
      f.words(value, tag, A)
      if (depth === 0) f.words(value, 0, C)
      return
    case 'received':
      return received(f, tag, value)
    case 'message-id':
      f.shape(tag ^ 0x100, value, B)
      return domain(f, tag, value)
    case 'references':
    case 'in-reply-to':
    case 'thread-index':
      return domain(f, tag, value)
    case 'date':
      return date(f, tag, value)
    case 'content-type':
      return contentType(f, tag, value)
    case 'dkim-signature':
    case 'domainkey-signature':
      return signature(f, tag, value)
    default:
      return f.words(value, tag, view)
  }
}

function headers(f: Features, source: string, depth: number): Block {
  let type: string | undefined
  let encoding: string | undefined
  let at = 0
  while (at < source.length) {
    const blank = /\r?\n/y
    blank.lastIndex = at
    if (blank.test(source))
      return { type: type ?? '', encoding: encoding ?? '', body: source.slice(blank.lastIndex) }
    const line = /([!-9;-~]+):((?:[^\n]|\n(?=[ \t]))*)(?:\n|$)/y
    line.lastIndex = at
    const match = line.exec(source)
    if (!match) {
      const lf = source.indexOf('\n', at)
      at = lf < 0 ? source.length : lf + 1
      continue
    }
    at = line.lastIndex
    const name = lower(match[1])
    if (DROPPED.test(name)) continue
    const value = trim(match[2].replace(/^[ \t\r\n]+/, '').slice(0, RANGE_MAX))
    if (name === 'content-type') type ??= value
    if (name === 'content-transfer-encoding') encoding ??= value
    field(f, name, depth, trim(encodedWords(value)))
  }
  return { type: type ?? '', encoding: encoding ?? '', body: '' }
}

type Kind = 'plain' | 'html' | 'multipart' | 'message' | 'other'

function kindOf(type: string): Kind {
  if (/^multipart\//i.test(type)) return 'multipart'
  if (/^text\/html/i.test(type)) return 'html'
  if (/^message\/(?:rfc822|global)/i.test(type)) return 'message'
  if (/^(?:text|message)\//i.test(type)) return 'plain'
  return type.includes('/') ? 'other' : 'plain'
}

function decode(body: string, encoding: string, limit: number): string {
  if (/^base64/i.test(encoding)) return base64(body, limit)
  if (/^quoted-printable/i.test(encoding)) return quoted(body, limit)
  return body.slice(0, limit)
}

function textPart(state: State, body: string, encoding: string, kind: Kind): void {
  const room = TEXT_MAX - state.textUsed
  if (room <= 0) return
  let text = decode(body, encoding, Math.max(room, SNIFF))
  if (kind === 'html' || /<(?:html|body)/i.test(text.slice(0, SNIFF))) {
    const tag = (name: string): void => {
      if (state.tags.length + name.length + 2 <= TAGS_MAX) state.tags += `\xff${name} `
    }
    text = html(decode(body, encoding, RANGE_MAX), room, tag)
  } else text = text.slice(0, room)
  state.textUsed += text.length
  state.features.words(text, 0, C)
}

/** The parts of a multipart, or nothing if its boundary is missing or never occurs. */
function parts(type: string, body: string): string[] | undefined {
  const start = BOUNDARY.exec(type)
  if (!start) return undefined
  const value = type.slice(start.index + start[0].length)
  const boundary = (
    value.startsWith('"') ? value.slice(1).split('"')[0] : value.split(/[ \t\r\n;]/)[0]
  ).replace(/[ \t\r\n]+$/, '')
  if (boundary === '' || boundary.length > BOUNDARY_MAX) return undefined
  const escaped = boundary.replace(
    /[^A-Za-z0-9]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  const delimiter = new RegExp(`(?<![^\\n])--${escaped}(--)?[ \\t\\r]*(?:\\n|$)`, 'g')
  const found: string[] = []
  let from = -1
  for (const match of body.matchAll(delimiter)) {
    if (from >= 0) found.push(body.slice(from, match.index))
    if (match[1]) return found
    from = match.index + match[0].length
  }
  if (from < 0) return undefined
  found.push(body.slice(from))
  return found
}

function entity(state: State, source: string, depth: number): void {
  const { type, encoding, body } = headers(state.features, source, depth)
  const kind = kindOf(type)
  if (kind === 'other' || body === '') return
  const encoded = /^(?:base64|quoted-printable)/i.test(encoding)
  if (depth < DEPTH_MAX) {
    const inner = kind === 'multipart' ? parts(type, body) : undefined
    if (inner) return inner.forEach((part) => entity(state, part, depth + 1))
    if (kind === 'message' && !encoded) return entity(state, body, depth + 1)
  }
  textPart(state, body, kind === 'multipart' ? '' : encoding, kind)
}

/** Gathers the features of a message. */
export function message(features: Features, raw: Uint8Array, signals: readonly string[]): void {
  let source = Buffer.from(raw.subarray(0, INPUT_MAX)).toString('latin1')
  if (source.startsWith('From ')) source = source.replace(/^[^\n]*(?:\n|$)/, '')
  const state = { features, textUsed: 0, tags: '' }
  entity(state, source, 0)
  features.words(state.tags, 9, C)
  const tag = BigInt(tagOf('lazaret-signal', 0))
  for (const signal of signals) {
    const bytes = Buffer.from(signal.replaceAll('\n', ' '), 'utf8').toString('latin1')
    if (bytes !== '') features.structural(tag | (BigInt(fnv(lower(bytes))) << 32n), B)
  }
}
