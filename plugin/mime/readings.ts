// The texts that one reader or another makes of a From value, before it looks for addresses in them:
// charsets, encoded words whole and broken, look-alike and invisible characters, comments, quotes, white space.

import { isUtf8 } from 'node:buffer'
import { decodeText } from './charset.ts'
import { decodeBase64 } from './decode.ts'
import { decodeWords } from './words.ts'

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}\ufffd]/gu
const DOTS = /[\u3002\uff0e\uff61\u2024]/g // RFC 3490 §3.1, and the one dot leader

/** Each once; the first is the value as it stands. `value`: unfolded, one character a byte. */
export function readings(value: string): Set<string> {
  const found = new Set<string>()
  for (const whole of inCharsets(value))
    for (const text of withoutEncoding(whole)) for (const one of plainForms(text)) found.add(one)
  return found
}

/** Bytes that are no UTF-8 are two texts: a stray byte in the name must not spoil the address. */
function inCharsets(value: string): { text: string; bytes: string }[] {
  if (!/[\x80-\xff]/.test(value)) return [{ text: value, bytes: value }]
  const bytes = Buffer.from(value, 'latin1')
  const utf8 = { text: bytes.toString('utf8'), bytes: value }
  return isUtf8(bytes) ? [utf8] : [utf8, { text: decodeText(bytes, 'windows-1252'), bytes: value }]
}

/** As it stands, and with what an encoding of any kind may have hidden. */
function* withoutEncoding({ text, bytes }: { text: string; bytes: string }): Generator<string> {
  yield text
  if (text.includes('=?')) {
    yield decodeWords(bytes)
    yield text.replace(BROKEN_WORD, (_, charset: string, kind: string, body: string) =>
      broken(charset, kind, body),
    )
  }
  // Outside of an encoded word these mean nothing, but what is left of a broken one looks so.
  if (/=[0-9a-f]{2}/i.test(text)) yield hexDecoded(text.replaceAll('_', ' '), '=')
  // RFC 6068 §2: mailto links
  if (/%[0-9a-f]{2}/i.test(text)) yield hexDecoded(text, '%')
}

/** An encoded word with white space inside, or without its end. */
const BROKEN_WORD = /=\?([^?\s<>@]{0,80})\?\s*([bq])\s*\?([^?<>]*)(?:\?=?)?/gi

function broken(charset: string, kind: string, body: string): string {
  if (kind.toLowerCase() === 'q') return hexDecoded(body.replaceAll('_', ' '), '=', charset)
  // Some readers go on behind padding.
  const pieces = body.split(/=+/).map((piece) => decodeBase64(Buffer.from(piece, 'latin1')))
  return decodeText(Buffer.concat(pieces), charset)
}

function hexDecoded(text: string, sign: '=' | '%', charset = 'utf-8'): string {
  const runs = sign === '=' ? /(?:=[0-9a-f]{2})+/gi : /(?:%[0-9a-f]{2})+/gi
  return text.replace(runs, (run) =>
    decodeText(Buffer.from(run.replaceAll(sign, ''), 'hex'), charset),
  )
}

/** The text as people see it, and what is left when comments, quotes or white space mean nothing. */
function* plainForms(text: string): Generator<string> {
  yield text
  // Full-width letters and signs become the usual ones.
  const spaced = text.replace(/\s+/g, ' ')
  const seen = spaced.normalize('NFKC').replace(DOTS, '.').replace(INVISIBLE, '')
  yield seen
  // RFC 5322 §4.4: white space around the dots; around "@" it is met too.
  const tight = (one: string): string => one.replace(/ ?([.@]) ?/g, '$1')
  yield tight(spaced)
  yield tight(seen)
  const bare = seen.includes('(') ? withoutComments(seen) : seen
  if (bare !== seen) yield tight(bare)
  if (/["\\]/.test(bare)) yield tight(bare.replace(/["\\]/g, ''))
  if (seen.includes('<')) {
    for (const [, inside] of bare.matchAll(/<([^<>]*)/g)) yield inside.replace(/[\s"\\]/g, '')
    yield tight(bare.replace(/[<>]/g, ''))
  } else yield bare.replace(/[\s"\\]/g, '')
}

/** RFC 5322 §3.2.2; one that is not closed stays. Quotes are passed over. */
function withoutComments(text: string): string {
  let out = ''
  let depth = 0
  let from = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '"' && depth === 0) quoted = !quoted
    else if (quoted) continue
    else if (char === '(' && depth++ === 0) {
      out += text.slice(from, at)
      from = at
    } else if (char === ')' && depth > 0 && --depth === 0) from = at + 1
  }
  return out + text.slice(from)
}
