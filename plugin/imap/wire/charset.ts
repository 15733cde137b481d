// Charsets of search strings (RFC 9051 §6.4.4).
import { Bad, Refused } from '../../errors.ts'
import { ImapRefused } from './refusal.ts'

/**
 * Decoder of strings in `charset`; without one it is UTF-8, of which US-ASCII is a part. Refused
 * BADCHARSET for a charset that is not known; the decoder throws Bad for bytes that are not in it.
 */
export function charsetDecoder(
  charset = 'UTF-8',
): ((bytes: Buffer, position: number) => string) | Refused {
  const ascii = charset === 'US-ASCII'
  let decoder: { decode: (bytes: Uint8Array) => string }
  try {
    decoder = new TextDecoder(ascii ? 'utf-8' : charset, { fatal: true, ignoreBOM: true })
  } catch {
    return new ImapRefused('BADCHARSET', `Searching in ${charset} is not possible, use UTF-8`)
  }
  return (bytes, position) => {
    try {
      return decoder.decode(bytes)
    } catch {
      throw new Bad(`Expected a string in ${charset} at position ${position}`)
    }
  }
}
