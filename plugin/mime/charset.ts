// Bytes in a named charset -> text. Node's TextDecoder knows the charsets of the web, iconv-lite the
// older ones that mail still uses (UTF-7, code pages).

import { isUtf8 } from 'node:buffer'
import { decode as iconv, encodingExists } from 'iconv-lite'

const UTF8 = new TextDecoder('utf-8')
const LATIN1 = new TextDecoder('windows-1252')

// Only charsets that exist are kept, so a message cannot fill it.
const decoders = new Map<string, typeof UTF8>([['utf-8', UTF8]])

/** Never throws: an unknown charset reads as UTF-8 where the bytes are that, else as latin1. */
export function decodeText(bytes: Buffer, charset: string | null): string {
  // RFC 2231 §5: an encoded word's charset may carry a language.
  const label = charset?.split('*', 1)[0].trim().toLowerCase() ?? ''
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
  return isUtf8(bytes) ? bytes.toString('utf8') : LATIN1.decode(bytes)
}
