// Character classes of RFC 9051 §9 and RFC 3501 §9, as one table of bits over all 256 bytes.

export const ATOM = 1 // ATOM-CHAR
export const ASTRING = 2 // ASTRING-CHAR = ATOM-CHAR / "]"
export const LISTED = 4 // list-char = ATOM-CHAR / "%" / "*" / "]"
export const TAG = 8 // ASTRING-CHAR except "+"
export const TEXT = 16 // TEXT-CHAR: 0x01..0x7F but CR and LF
export const QUOTABLE = 32 // may stand bare between quotes in what we write: 0x20..0x7E but " and \
export const DIGIT = 64
export const NAME = 128 // letters, digits, "-" and ".": command, item and option names

function classOf(byte: number): number {
  const char = String.fromCharCode(byte)
  const control = byte < 0x20 || byte === 0x7f // RFC 5234 B.1: CTL is 0x00..0x1F and 0x7F
  let bits = 0
  if (byte < 0x80 && !control && !'(){ %*"\\]'.includes(char)) bits |= ATOM | ASTRING | LISTED | TAG
  if (char === ']') bits |= ASTRING | LISTED | TAG
  if (char === '%' || char === '*') bits |= LISTED
  if (char === '+') bits &= ~TAG
  if (byte >= 0x01 && byte < 0x80 && char !== '\r' && char !== '\n') bits |= TEXT
  if (byte < 0x80 && !control && char !== '"' && char !== '\\') bits |= QUOTABLE
  if (char >= '0' && char <= '9') bits |= DIGIT | NAME
  if (/^[A-Za-z.-]$/.test(char)) bits |= NAME
  return bits
}

/** Classes of each byte: `CLASSES[byte] & ATOM`. */
export const CLASSES = Uint8Array.from({ length: 256 }, (_, byte) => classOf(byte))

/** True if `byte` is in one of the classes `bits`; false for -1, the end. */
export function isClass(byte: number, bits: number): boolean {
  return byte >= 0 && (CLASSES[byte] & bits) !== 0
}

export const CR = 0x0d
export const LF = 0x0a
export const SP = 0x20
export const QUOTE = 0x22
export const BACKSLASH = 0x5c
