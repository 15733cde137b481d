// Every address that a lenient reader might find in a text: whatever stands around an "@".

/** Characters of a local part and of a domain that are kept: masks end, or begin, far within. */
const LOCAL_KEPT = 256
const DOMAIN_KEPT = 512

/** What no reader takes for a part of an address, unless it is quoted. */
const OUTSIDE = new Set(' \t\r\n()<>[]:;@\\,"\u00a0\u3000')
const SEPARATORS = new Set(' \t\r\n<>,;@\u00a0\u3000')
const WORD = /[\p{L}\p{M}\p{N}._%+-]/u
const NAIVE = /[A-Za-z0-9._%+-]/
const HOST = /[\p{L}\p{M}\p{N}._-]/u
const NAIVE_HOST = /^[A-Za-z0-9.-]+\.[A-Za-z]{2,}/

/** Addresses around each "@" of the text, most likely first; may repeat itself. */
export function* findAddresses(text: string): Generator<string> {
  let last = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const naive = naiveAddress(text, at, last)
    if (naive) {
      yield naive.address
      last = naive.end
    }
    const locals = localsBefore(text, at)
    if (locals.size === 0) continue
    const domains = domainsBehind(text, at + 1)
    for (const local of locals)
      for (const domain of domains) {
        yield `${local}@${domain}`
        yield* routed(local)
      }
  }
}

/**
 * What `[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}` would find here, behind its last find: the expression itself
 * is quadratic in a long word.
 */
function naiveAddress(
  text: string,
  at: number,
  last: number,
): { address: string; end: number } | null {
  let start = at
  while (start > last && at - start < LOCAL_KEPT && NAIVE.test(text[start - 1])) start--
  const host = NAIVE_HOST.exec(text.slice(at + 1, at + 1 + DOMAIN_KEPT))
  if (start === at || !host) return null
  return { address: `${text.slice(start, at)}@${host[0]}`, end: at + 1 + host[0].length }
}

function localsBefore(text: string, at: number): Set<string> {
  let end = at
  while (end > 0 && isSpace(text[end - 1])) end--
  const run = (fits: (char: string) => boolean): string => {
    let start = end
    while (start > 0 && end - start < LOCAL_KEPT && fits(text[start - 1])) start--
    return text.slice(start, end)
  }
  // Some take all that is no white space.
  const loose = run((char) => !SEPARATORS.has(char))
  const found = new Set<string>()
  if (text[end - 1] === '"') {
    const quoted = quotedBefore(text, end - 1)
    // RFC 5321 §4.1.2; the mask's own normal form takes needless quotes away.
    if (quoted !== '') found.add(`"${quoted}"`)
    end--
  }
  const whole = run((char) => !OUTSIDE.has(char))
  const word = run((char) => WORD.test(char) || isSurrogate(char))
  for (const one of [
    whole,
    // Quotes and signs of any kind around the address.
    trimmed(whole),
    whole.replace(/^['`]+/, ''),
    word,
    run((char) => NAIVE.test(char)),
    loose,
  ])
    if (one !== '') found.add(one)
  return found
}

/** What is quoted in front of the `"` at `end`, in its quotes' spelling; '' when nothing is. */
function quotedBefore(text: string, end: number): string {
  const start = text.lastIndexOf('"', end - 1)
  return start < 0 || end - start > LOCAL_KEPT ? '' : text.slice(start + 1, end)
}

function domainsBehind(text: string, from: number): Set<string> {
  let start = from
  while (start < text.length && isSpace(text[start])) start++
  const found = new Set<string>()
  const piece = text.slice(start, start + DOMAIN_KEPT)
  if (piece.startsWith('[')) {
    // RFC 5321 §4.1.3: address literal
    const end = piece.indexOf(']')
    if (end > 0) found.add(piece.slice(0, end + 1)).add(piece.slice(1, end))
    return found
  }
  const run = (fits: (char: string) => boolean): string => {
    let end = 0
    while (end < piece.length && fits(piece[end])) end++
    return piece.slice(0, end)
  }
  const whole = run((char) => !OUTSIDE.has(char))
  const host = run((char) => HOST.test(char) || isSurrogate(char))
  const tidy = trimmed(host).replace(/\.{2,}/g, '.')
  const unquoted = whole.replace(/['`]/g, '')
  for (const one of [whole, unquoted, host, tidy, NAIVE_HOST.exec(piece)?.[0] ?? ''])
    if (one !== '' && !/^\.+$/.test(one)) found.add(one)
  return found
}

/** `user%host@relay` and `host!user@relay`: what a relay would make of the local part. */
function* routed(local: string): Generator<string> {
  const percent = local.lastIndexOf('%')
  if (percent > 0) yield `${local.slice(0, percent)}@${local.slice(percent + 1)}`
  const bang = local.lastIndexOf('!')
  if (bang <= 0) return
  const host = local.slice(0, bang)
  yield `${local.slice(bang + 1)}@${host.slice(host.lastIndexOf('!') + 1)}`
}

/** Without what is no letter and no digit at its ends. */
function trimmed(text: string): string {
  const [start, end] = [text.search(ALNUM), text.search(/[^\p{L}\p{M}\p{N}]*$/u)]
  return start < 0 ? '' : text.slice(start, end)
}
const ALNUM = /[\p{L}\p{N}]/u

const isSpace = (char: string): boolean => /\s/.test(char)
const isSurrogate = (char: string): boolean => char >= '\ud800' && char <= '\udfff'
