// AUTHENTICATE (RFC 9051 §6.2.2) with SASL-IR (RFC 4959).
import { Bad } from '../../errors.ts'
import type { Reader } from './reader.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export interface Authenticate {
  /** upper case */
  readonly mechanism: string
  /** initial response; `=` is the empty one, undefined means that none was sent */
  readonly initial?: Buffer
}

/** Bytes of strict base64 (RFC 4648 §4), or Bad. */
export function decodeBase64(text: string): Buffer {
  if (!BASE64.test(text)) throw new Bad('Expected base64')
  return Buffer.from(text, 'base64')
}

/** Arguments of AUTHENTICATE. */
export function parseAuthenticate(reader: Reader): Authenticate {
  reader.needSpace()
  const mechanism = reader.atom('a SASL mechanism').toUpperCase()
  let initial: Buffer | undefined
  if (reader.take(' ')) {
    const text = reader.atom('base64 or =')
    initial = text === '=' ? Buffer.alloc(0) : decodeBase64(text) // RFC 4959 §3
  }
  reader.needEnd()
  return { mechanism, initial }
}

/** A client's line in the exchange: its bytes, or 'cancel' for `*`. */
export function readSaslLine(line: Buffer): Buffer | 'cancel' {
  const text = line.toString('latin1')
  return text === '*' ? 'cancel' : decodeBase64(text)
}

/** True for the line that ends IDLE (RFC 2177 §3); in any case, spaces around it are tolerated. */
export function isDone(line: Buffer): boolean {
  return line.length < 64 && /^\s*done\s*$/i.test(line.toString('latin1'))
}
