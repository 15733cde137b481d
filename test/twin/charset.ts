// Charsets that hide ASCII, in the twin.
import { ALPHABET } from './decode.ts'

/** A code point in UTF-8, by its bit pattern whatever it is. */
export function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code)
  const out: number[] = []
  for (let left = code; ; left >>= 6) {
    const room = 6 - out.length - (out.length > 0 ? 0 : 1)
    const last = out.length > 0 && left < 1 << room
    if (last) {
      out.unshift(((0xf00 >> (out.length + 1)) & 0xff) | left)
      return String.fromCharCode(...out)
    }
    out.unshift(0x80 | (left & 0x3f))
  }
}

/** Appends a code point where it has room, else spaces. */
function put(out: string, code: number, limit: number): string {
  const bytes = utf8(code)
  return out.length + bytes.length > limit ? out.padEnd(limit, ' ') : out + bytes
}

/** Octets of a character, negative when the low octet is first; 0 for other text. */
export function widthOf(text: string, named: boolean): number {
  if (text.length < 4) return 0
  const [a, b, c, d] = Buffer.from(text.slice(0, 4), 'latin1')
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? -4 : -2
  if (a === 0xfe && b === 0xff) return 2
  if (a === 0 && b === 0) return (c === 0 && d !== 0) || (c === 0xfe && d === 0xff) ? 4 : 0
  if (a === 0 && c === 0 && d !== 0) return 2
  if (b === 0 && d === 0) return c === 0 ? -4 : -2
  if (!named) return 0
  let even = 0
  const head = text.slice(0, text.length < 64 ? text.length & ~1 : 64)
  if (/^[\t-~]*$/.test(head)) return 0
  for (let i = 0; i + 2 <= head.length; i += 2)
    even += Number(head[i] === '\0') - Number(head[i + 1] === '\0')
  return even > 0 ? 2 : -2
}

/** Code units to code points: surrogates in pairs, byte order marks left out. */
class Units {
  out = ''
  #high = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  get full(): boolean {
    return this.out.length >= this.#limit
  }

  add(unit: number, isUtf7 = false): void {
    let code = unit
    if (code >>> 10 === 0x36) {
      this.#high = code
      return
    }
    if (code >>> 10 === 0x37 && this.#high !== 0)
      code = 0x10000 + ((this.#high & 0x3ff) << 10) + (code & 0x3ff)
    this.#high = 0
    if (code !== 0xfeff || isUtf7)
      this.out = put(this.out, code > 0x10ffff ? 32 : code, this.#limit)
  }
}

export function fromWide(text: string, width: number, limit: number): string {
  const bytes = Buffer.from(text, 'latin1')
  const size = Math.abs(width)
  const units = new Units(limit)
  for (let at = 0; at + size <= bytes.length && !units.full; at += size)
    units.add(width > 0 ? bytes.readUIntBE(at, size) : bytes.readUIntLE(at, size))
  return units.out
}

export function fromSeven(text: string, limit: number): string {
  let out = ''
  for (let at = 0; at < text.length && out.length < limit;) {
    const c = text[at++]
    if (c !== '+') {
      out += c
      continue
    }
    if (text[at] === '-') {
      out += '+'
      at++
      continue
    }
    const units = new Units(limit - out.length)
    let held = 0
    let have = 0
    for (; at < text.length && !units.full; at++) {
      const digit = ALPHABET.indexOf(text[at])
      if (digit < 0) break
      held = ((held << 6) | digit) & 0xffffff
      have += 6
      if (have < 16) continue
      have -= 16
      units.add((held >> have) & 0xffff, true)
    }
    out += units.out
    if (text[at] === '-') at++
  }
  return out
}
