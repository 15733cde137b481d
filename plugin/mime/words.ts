// Header values as people read them: RFC 2047 encoded words, RFC 2231 parameter values.

import { decodeText, decodeUnlabelled } from './charset.ts'
import { decodeBase64 } from './decode.ts'
import { unfold } from './headers.ts'
import { type Param, param, unescape } from './params.ts'

// RFC 2047 §2. Spaces inside the text are against it and common.
const WORD = /=\?([^?\s]{1,80})\?([bq])\?([^?\r\n]*)\?=/gi

/** Decodes a header value, latin1 and folded or not, to text. */
export function decodeWords(value: string): string {
  const flat = unfold(value)
  if (!flat.includes('=?')) return plain(flat)
  let out = ''
  let at = 0
  // Words of one charset side by side are decoded together: some programs cut inside a character.
  let charset = ''
  let held: Buffer[] = []
  const flush = () => {
    if (held.length > 0) out += decodeText(Buffer.concat(held), charset)
    held = []
  }
  for (const match of flat.matchAll(WORD)) {
    const between = flat.slice(at, match.index)
    const adjacent = held.length > 0 && /^[ \t]*$/.test(between) // RFC 2047 §6.2
    const label = match[1].toLowerCase()
    if (!adjacent || label !== charset) flush()
    if (!adjacent) out += plain(between)
    charset = label
    held.push(/^b$/i.test(match[2]) ? decodeBase64(Buffer.from(match[3])) : decodeQ(match[3]))
    at = match.index + match[0].length
  }
  flush()
  return out + plain(flat.slice(at))
}

/** RFC 2047 §4.2 */
function decodeQ(text: string): Buffer {
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
  return Buffer.from(bytes, 'latin1')
}

function plain(text: string): string {
  return /[\x1b\x80-\xff]/.test(text) ? decodeUnlabelled(Buffer.from(text, 'latin1')) : text
}

/**
 * The text of the parameter `name` (lower case), or null: RFC 2231 §4 where the message follows it,
 * encoded words where it does as many programs do.
 */
export function paramText(params: readonly Param[], name: string): string | null {
  const extended = param(params, `${name}*`)
  if (extended === null) {
    const value = param(params, name)
    return value === null ? null : decodeWords(value)
  }
  const match = /^([^']*)'[^']*'/.exec(extended)
  const text = match === null ? extended : extended.slice(match[0].length)
  return decodeText(Buffer.from(unescape(text), 'latin1'), match?.[1] ?? null)
}
