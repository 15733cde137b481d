// Bytes, and strings of one char per byte.

/** What stands for NUL, which no literal may hold (RFC 9051 §4.3.1); Dovecot's choice too. */
const NUL_STAND_IN = 0x80

/** The same memory as a Buffer. */
export function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** String of one char per byte. */
export function latin1(bytes: Uint8Array): string {
  return view(bytes).toString('latin1')
}

/** Bytes of a string of one char per byte. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** The bytes if they hold no NUL, else a copy with 0x80 for each. */
export function withoutNul(bytes: Buffer): Buffer {
  const first = bytes.indexOf(0)
  if (first < 0) return bytes
  const copy = Buffer.from(bytes)
  for (let at = first; at < copy.length; at++) if (copy[at] === 0) copy[at] = NUL_STAND_IN
  return copy
}
