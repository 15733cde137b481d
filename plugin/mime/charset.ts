// Bytes in a named charset -> text. Node's TextDecoder knows the charsets of the web, iconv-lite the
// older ones that mail still uses (UTF-7, code pages).

import { isAscii, isUtf8 } from 'node:buffer'
import { decode as iconv, encodingExists } from 'iconv-lite'

type Decode = (bytes: Buffer) => string

const UTF8 = new TextDecoder('utf-8')
const JAPANESE = new TextDecoder('iso-2022-jp')
const UTF16LE = new TextDecoder('utf-16le')
const UTF16BE = new TextDecoder('utf-16be')

const ESC = 0x1b
/** Charsets in which an escape to ISO-2022-JP has no other meaning: that of the label is then not meant. */
const JIS = /^(?:us-ascii|ascii|utf-?8|iso-8859-\d+|windows-12\d\d|)$/

// Only charsets that exist are kept, so a message cannot fill it.
const decoders = new Map<string, Decode>([['utf-8', (bytes) => UTF8.decode(bytes)]])

/** 0x80 to 0x9f of windows-1252, which is what all that calls itself latin1 means. */
const C1 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'

/** By hand: TextDecoder of Node 20 gives control characters for these 32. */
const windows1252: Decode = (bytes) =>
  bytes.toString('latin1').replace(/[\x80-\x9f]/g, (char) => C1[char.charCodeAt(0) - 0x80])

function decoderOf(label: string): Decode {
  const decoder = new TextDecoder(label)
  return decoder.encoding === 'windows-1252' ? windows1252 : (bytes) => decoder.decode(bytes)
}

/** Never throws: an unknown charset reads as UTF-8 where the bytes are that, else as latin1. */
export function decodeText(bytes: Buffer, charset: string | null): string {
  // RFC 2231 §5: an encoded word's charset may carry a language.
  const label = charset?.split('*', 1)[0].trim().toLowerCase() ?? ''
  if (bytes.includes(ESC) && isIso2022Jp(bytes) && JIS.test(label)) return JAPANESE.decode(bytes)
  if (label === '' || label === 'us-ascii' || label === 'ascii') return decodeUnlabelled(bytes)
  const known = decoders.get(label)
  if (known !== undefined) return known(bytes)
  try {
    const decode = decoderOf(label)
    decoders.set(label, decode)
    return decode(bytes)
  } catch {
    return encodingExists(label) ? iconv(bytes, label) : decodeUnlabelled(bytes)
  }
}

/** True when text in `charset` can be read: what SEARCH CHARSET asks. */
export function isKnownCharset(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== ''
  } catch {
    return encodingExists(charset)
  }
}

/** Text of bytes that name no charset. */
export function decodeUnlabelled(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    const japanese = bytes.includes(ESC) && isIso2022Jp(bytes)
    return japanese ? JAPANESE.decode(bytes) : bytes.toString('utf8')
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return UTF16LE.decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return UTF16BE.decode(bytes)
  return windows1252(bytes)
}

/** What Japanese mail is in that does not say so: an escape to two-byte characters, seven bits only. */
function isIso2022Jp(bytes: Buffer): boolean {
  const escape = bytes.indexOf('\x1b$')
  if (escape < 0) return false
  const set = bytes[escape + 2] // $B, $@, and $(D of ISO-2022-JP-1
  return (set === 0x42 || set === 0x40 || set === 0x28) && isAscii(bytes)
}

/** Where a text that goes on can be cut: before a UTF-8 character of which not all bytes are there. */
export function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
