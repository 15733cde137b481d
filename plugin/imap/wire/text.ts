// Texts of the server: resp-text (RFC 9051 §9), which must not break the stream whatever it quotes.
import { RESPONSE_TEXT_MAX } from './limits.ts'

/** JavaScript string to a string of one char per UTF-8 byte. */
export function utf8Bytes(text: string): string {
  return /[^\x00-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}

/**
 * One line of `text` as bytes: CR, LF, NUL and other controls become spaces; without `utf8`, what
 * is not US-ASCII becomes '?'; a '[' in front, which would begin a response code, becomes '('.
 */
export function responseText(text: string, utf8: boolean): string {
  const line = text
    .slice(0, RESPONSE_TEXT_MAX)
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .replace(/^\[/, '(')
  if (line === '') return '.' // text has one character at least
  if (!utf8) return line.replace(/[^\x20-\x7e]+/g, '?')
  return utf8Bytes(line).length > RESPONSE_TEXT_MAX ? shorten(line) : utf8Bytes(line)
}

/** Cuts between characters, so that no UTF-8 sequence is broken. */
function shorten(line: string): string {
  const bytes = Buffer.from(line, 'utf8')
  let end = RESPONSE_TEXT_MAX
  while ((bytes[end] & 0xc0) === 0x80) end--
  return bytes.toString('latin1', 0, end)
}
