// Bytes in a named charset -> text. Node's TextDecoder knows the charsets of the web, iconv-lite the
// older ones that mail still uses (UTF-7, code pages).

import { isAscii, isUtf8 } from 'node:buffer'
import { decode as iconv, encodingExists } from 'iconv-lite'

const UTF8 = new TextDecoder('utf-8')
const LATIN1 = new TextDecoder('windows-1252')
const JAPANESE = new TextDecoder('iso-2022-jp')
const UTF16LE = new TextDecoder('utf-16le')
const UTF16BE = new TextDecoder('utf-16be')

/** Charsets in which an escape to ISO-2022-JP has no other meaning: that of the label is then not meant. */
const JIS = /^(?:us-ascii|ascii|utf-?8|iso-8859-\d+|windows-12\d\d|)$/

// Only charsets that exist are kept, so a message cannot fill it.
const decoders = new Map<string, typeof UTF8>([['utf-8', UTF8]])

/** Never throws: an unknown charset reads as UTF-8 where the bytes are that, else as latin1. */
export function decodeText(bytes: Buffer, charset: string | null): string {
  // RFC 2231 §5: an encoded word's charset may carry a language.
  const label = charset?.split('*', 1)[0].trim().toLowerCase() ?? ''
  if (JIS.test(label) && isIso2022Jp(bytes)) return JAPANESE.decode(bytes)
  if (label === '' || label === 'us-ascii' || label === 'ascii') return decodeUnlabelled(bytes)
  const known = decoders.get(label)
  if (known !== undefined) return known.decode(bytes)
  try {
    const decoder = new TextDecoder(label)
    decoders.set(label, decoder)
    return decoder.decode(bytes)
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
  if (isIso2022Jp(bytes)) return JAPANESE.decode(bytes)
  if (isUtf8(bytes)) return bytes.toString('utf8')
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return UTF16LE.decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return UTF16BE.decode(bytes)
  return LATIN1.decode(bytes)
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
