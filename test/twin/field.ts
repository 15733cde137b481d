// The features of one header field in the twin: views A and B.
import { A, B, C, type Features } from './features.ts'
import { tagOf } from './hash.ts'

const VIEW_A = new Set(['subject', 'from', 'to', 'reply-to', 'cc'])

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

export function field(
  f: Features,
  name: string,
  depth: number,
  value: string,
  isEncoded: boolean,
): void {
  const tag = tagOf(name, depth)
  const view = VIEW_A.has(name) ? A : B
  f.structural(BigInt(value === '' ? (tag + 1) >>> 0 : tag), view)
  if (depth === 0 && (name === 'references' || name === 'in-reply-to')) f.looks.reference()
  if (value === '') return
  switch (name) {
    case 'subject':
      f.words(value, tag, A)
      if (depth > 0) return
      f.looks.subject(tag, value, isEncoded)
      return f.words(value, 0, C)
    case 'from':
      f.words(value, tag, A)
      if (depth === 0) f.looks.from(tag, value)
      return
    case 'received':
      return received(f, tag, value)
    case 'message-id':
      if (depth === 0) f.looks.messageId(value)
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
