// Addresses that no grammar reads, as mail clients show them: RFC 5322 §3.4 says what a list is, and mail has lost
// brackets, quotes without end, addresses as names, semicolons between addresses. Here the address is what stands in
// the last angle brackets, else the first thing with an "@", and the name is the rest.

/**
 * One entry of an address list, strings latin1 with encoded words left as they are.
 * A group is an entry with `host` null and its name in `mailbox`, then its members, then an entry
 * of four nulls.
 */
export interface Address {
  name: string | null
  /** RFC 5322 §4.4 source route: `@a,@b`. */
  route: string | null
  mailbox: string | null
  host: string | null
}

/** The characters of a host that nobody needs to guess at. */
const HOST = /^(?:[a-z0-9_.\-\x80-\xff]+|\[[^[\]\\]*\])$/i
/** One character before the "@" of an address that stands in no brackets. */
const LOCAL = /[^ \t\r\n<>()[\]{},;:"\\|@]/
const SCHEME = /^[ \t\r\n"'<]*(?:mailto|smtp):/i

/** Finds the ends of the elements of a list that the rules do not read, in time linear in its length. */
export class LooseReader {
  readonly #text: string
  // Where a search for the end of a quoted string, a comment or brackets has failed, it fails further on too.
  #noQuote = false
  #noComment = false
  /** The last closing bracket found; the end of the value when there is no other. */
  #close = -1

  constructor(text: string) {
    this.#text = text
  }

  /**
   * Where the element at `from` ends: at a comma, or behind brackets that others follow without a comma, or at a
   * semicolon that follows an address or (with `group`) ends the group.
   */
  end(from: number, group: boolean): number {
    const text = this.#text
    let seen = false // an "@"
    for (let at = from; at < text.length; at++) {
      const c = text[at]
      if (c === '"') at = this.#behindQuote(at)
      else if (c === '(') at = this.#behindComment(at)
      else if (c === '@') seen = true
      else if (c === ',' || (c === ';' && (group || seen))) return at
      else if (c === '<') {
        const close = this.#closingBracket(at)
        if (close < 0) continue
        seen ||= text.slice(at, close).includes('@')
        at = close
        if (seen && this.#anotherFollows(close + 1)) return close + 1
      }
    }
    return text.length
  }

  /** The last character of a quoted string, or `at` when it does not end. */
  #behindQuote(at: number): number {
    if (this.#noQuote) return at
    const text = this.#text
    for (let i = at + 1; i < text.length; i++) {
      if (text[i] === '\\') i++
      else if (text[i] === '"') return i
    }
    this.#noQuote = true
    return at
  }

  #behindComment(at: number): number {
    const end = this.#noComment ? -1 : this.#text.indexOf(')', at)
    this.#noComment = end < 0
    return end < 0 ? at : end
  }

  /** The bracket that closes the one at `at`, unless another opens before it; -1. */
  #closingBracket(at: number): number {
    const text = this.#text
    if (this.#close <= at) {
      const close = text.indexOf('>', at + 1)
      this.#close = close < 0 ? text.length : close
    }
    if (this.#close === text.length) return -1
    const other = text.indexOf('<', at + 1)
    return other < 0 || other > this.#close ? this.#close : -1
  }

  /** True when `<` comes before the next comma or semicolon. */
  #anotherFollows(at: number): boolean {
    const text = this.#text
    for (; at < text.length; at++) {
      if (text[at] === '<') return true
      if (text[at] === ',' || text[at] === ';') return false
    }
    return false
  }
}

/** The addresses of one element, none when there is none in it. */
export function looseAddresses(element: string): Address[] {
  const text = element.replace(/&lt;?/gi, '<').replace(/&gt;?/gi, '>')
  const open = opening(text)
  if (open < 0) {
    const plain = text.replace(/mailto:/gi, '')
    const bare = bareAddress(plain)
    if (bare === null) return []
    const name = `${plain.slice(0, bare.start)} ${plain.slice(bare.end)}`
    const address = addressOf(plain.slice(bare.start, bare.end), name.replace(/[()[\]<>]/g, ' '))
    return address === null ? [] : [address]
  }
  const close = text.indexOf('>', open)
  const inner = text.slice(open + 1, close < 0 ? text.length : close).replace(SCHEME, '')
  const name = text.slice(0, open).replace(/[<>]/g, ' ')
  return inner
    .split(/[,;]/)
    .map((one, i) => addressOf(one, i === 0 ? name : ''))
    .filter((address) => address !== null)
}

/** The last `<` with an "@" behind it, or -1. */
function opening(text: string): number {
  const at = text.lastIndexOf('@')
  return at < 0 ? -1 : text.lastIndexOf('<', at)
}

/** What stands around the first "@" that has something on both sides, and where; null. */
function bareAddress(text: string): { start: number; end: number } | null {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && LOCAL.test(text[start - 1])) start--
    let end = at + 1
    while (end < text.length && HOST.test(text[end])) end++
    if (start < at && end > at + 1) return { start, end }
    at = end - 1
  }
  return null
}

function addressOf(spec: string, name: string): Address | null {
  const at = spec.lastIndexOf('@')
  const host = trim(spec.slice(at + 1).replace(/[ \t\r\n"')>]+/g, ''), '.')
  const mailbox = trim(spec.slice(0, Math.max(at, 0)), ' \t\r\n"\'<(@').replace(/["\\]/g, '')
  if (at < 0 || mailbox === '' || !HOST.test(host)) return null
  return { name: nameOf(name), route: null, mailbox, host }
}

/** A name without the quotes that lost their partners; null when nothing is left. */
function nameOf(text: string): string | null {
  const name = trim(text.replace(/["\\]/g, '').replace(/[ \t\r\n]+/g, ' '), ' ,;:')
  return name === '' ? null : name
}

/** Without any of `chars` at the ends. A regular expression would be quadratic in a run of them inside. */
function trim(text: string, chars: string): string {
  let start = 0
  let end = text.length
  while (start < end && chars.includes(text[start])) start++
  while (end > start && chars.includes(text[end - 1])) end--
  return text.slice(start, end)
}
