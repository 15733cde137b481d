// Base64, quoted-printable and encoded words of the twin.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Bytes outside of the alphabet are passed over; `=` drops the bits in hand. */
export function base64(text: string, limit: number): string {
  const out: number[] = []
  let held = 0
  let have = 0
  for (const c of text) {
    if (out.length >= limit) break
    const digit = ALPHABET.indexOf(c)
    if (digit >= 0) {
      held = ((held << 6) | digit) & 0xffff
      have += 6
      if (have >= 8) {
        have -= 8
        out.push((held >> have) & 255)
      }
    } else if (c === '=') have = 0
  }
  return latin1(out)
}

function latin1(bytes: number[]): string {
  return Buffer.from(bytes).toString('latin1')
}

/** Input that can matter for `limit` bytes of output is at most four times as long. */
export function quoted(text: string, limit: number): string {
  return text
    .slice(0, limit * 4 + 4)
    .replace(/=(?:([0-9A-Fa-f]{2})|\r?\n)/g, (_, hex?: string) =>
      hex ? String.fromCharCode(parseInt(hex, 16)) : '',
    )
    .slice(0, limit)
}

const ENCODED_WORD = String.raw`=\?[^? \t\r\n]+\?([BbQq])\?([^?]*)\?=`

function encodedWord(kind: string, text: string): string {
  if (kind === 'B' || kind === 'b') return base64(text, text.length)
  return quoted(text.replaceAll('_', ' '), text.length)
}

/** Decodes the encoded words of a header value; white space between two of them is dropped. */
export function encodedWords(value: string): string {
  let out = ''
  let at = 0
  for (const match of value.matchAll(new RegExp(ENCODED_WORD, 'g'))) {
    const between = value.slice(at, match.index)
    if (at === 0 || !/^[ \t\r\n]*$/.test(between)) out += between
    out += encodedWord(match[1], match[2])
    at = match.index + match[0].length
  }
  return out + value.slice(at)
}
