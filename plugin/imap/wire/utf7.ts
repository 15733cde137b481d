// Modified UTF-7 of mailbox names (RFC 3501 §5.1.3, RFC 9051 Appendix A), strict.

const PRINTABLE = /^[\x20-\x7e]*$/
const SHIFTED = /&([A-Za-z0-9+,]*)-/gy

function encodeRun(run: string): string {
  const utf16 = Buffer.from(run, 'utf16le').swap16()
  return `&${utf16.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`
}

/** Encodes a mailbox name. A lone surrogate becomes U+FFFD: it is no character. */
export function encodeUtf7(name: string): string {
  if (PRINTABLE.test(name)) return name.replaceAll('&', '&-')
  return name
    .replace(/\p{Cs}/gu, '\ufffd')
    .replaceAll('&', '&-')
    .replace(/[^\x20-\x7e]+/g, encodeRun)
}

function decodeRun(base64: string): string | undefined {
  if (base64 === '') return '&'
  const bytes = Buffer.from(base64.replaceAll(',', '/'), 'base64')
  if (bytes.length < 2 || bytes.length % 2 !== 0) return undefined
  const text = bytes.swap16().toString('utf16le')
  // RFC 3501 §5.1.3: printable US-ASCII stands for itself, and there is one encoding of a name
  return !/[\x20-\x7e]|\p{Cs}/u.test(text) && encodeRun(text) === `&${base64}-` ? text : undefined
}

/** Decodes a mailbox name; undefined if it is not the one valid encoding of any name. */
export function decodeUtf7(encoded: string): string | undefined {
  if (!PRINTABLE.test(encoded)) return undefined
  let name = ''
  let at = 0
  let shifted = false
  for (;;) {
    const amp = encoded.indexOf('&', at)
    if (amp < 0) return name + encoded.slice(at)
    if (amp > at) shifted = false
    name += encoded.slice(at, amp)
    SHIFTED.lastIndex = amp
    const run = SHIFTED.exec(encoded)
    const text = run ? decodeRun(run[1]) : undefined
    if (text === undefined) return undefined
    // two shifts in a row would be a second encoding of the same name; "&-" is no shift
    if (text !== '&' && shifted) return undefined
    shifted = text !== '&'
    name += text
    at = SHIFTED.lastIndex
  }
}
