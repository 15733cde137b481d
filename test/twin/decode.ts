// Base64, quoted-printable and encoded words of the twin.

export const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

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

/** Whether a text may be base64: its first word is long, or each of its first ones is a line. */
export function looksBase64(text: string): boolean {
  let letters = 0
  const word = /[ \t\r\n]*([A-Za-z0-9+/=]*)([ \t]*)/y
  for (;;) {
    const [, run, blank] = word.exec(text)!
    if (run === '') return word.lastIndex === text.length && letters > 0 && letters % 4 === 0
    const next = text[word.lastIndex]
    if (letters === 0) {
      if (run.length >= 40) return true
      const isWord = blank !== '' || next === undefined || next === '\r' || next === '\n'
      if (run.length >= 12 && isWord) return true
    }
    letters += run.length
    if (next !== undefined && next !== '\r' && next !== '\n') return false
    if (letters >= 24) return true
  }
}

/** The first line that is of base64 alone, nothing if there is none. */
export function base64Line(text: string): number | undefined {
  const line = /(?:^|(?<=[\r\n]))[A-Za-z0-9+/]{40,}(?![A-Za-z0-9+/])(?=[ \t\r\n=]|$)/.exec(text)
  return line?.index
}

/** `=` stands for itself before anything but two digits or a line end; in an encoded word, `_` is a space. */
export function quoted(text: string, limit: number, isWord = false): string {
  const out = text.replace(
    /=(?:([0-9A-Fa-f]{2})|[ \t]{0,76}(?:\r?\n|\r))|_/g,
    (all, hex?: string) => {
      if (all === '_') return isWord ? ' ' : all
      return hex ? String.fromCharCode(parseInt(hex, 16)) : ''
    },
  )
  return out.slice(0, limit)
}

const ENCODED_WORD = String.raw`=\?[^? \t\r\n]+\?([BbQq])\?([^?]*)\?=`

function encodedWord(kind: string, text: string): string {
  if (kind === 'B' || kind === 'b') return base64(text, text.length)
  return quoted(text, text.length, true)
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
