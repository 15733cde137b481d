// Spells a Wire value as bytes of RFC 9051 §9: NIL, number, quoted string, literal, list. What is
// spelled here may be kept and sent in any session: 8-bit text is always a literal, which every
// client reads, whether it enabled UTF8=ACCEPT or not.

import type { Wire } from './wire.ts'

/** Longer strings are literals: some clients read quoted strings into small buffers. */
const QUOTED_MAX = 1000
const BARE = /^[\x20!#-[\]-~]*$/ // needs no escape between quotes
const QUOTABLE = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/ // TEXT-CHAR of RFC 9051 §9

/** The value as FETCH sends it, one character a byte. */
export function spell(value: Wire): string {
  if (value === null) return 'NIL'
  if (typeof value === 'number') return String(value)
  if (!Array.isArray(value)) return spellString(typeof value === 'string' ? value : latin1(value))
  let text = '('
  // Addresses of a list and bodies of a multipart stand side by side: RFC 9051 §9, env-from and
  // body-type-mpart. Both are lists that begin with a list, and no other list does.
  let glued = true
  for (const [i, one] of value.entries()) {
    glued &&= Array.isArray(one)
    text += i === 0 || (glued && Array.isArray(value[i - 1])) ? spell(one) : ` ${spell(one)}`
  }
  return `${text})`
}

function spellString(text: string): string {
  if (text.length <= QUOTED_MAX) {
    if (BARE.test(text)) return `"${text}"`
    if (QUOTABLE.test(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`
  }
  // RFC 9051 §4.3: no NUL in a literal.
  return `{${text.length}}\r\n${text.replaceAll('\0', '\x80')}`
}

const latin1 = (bytes: Buffer): string => bytes.toString('latin1')
