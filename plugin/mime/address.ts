// RFC 5322 §3.4 address lists with groups, and the forms of RFC 5322 §4.4 that are still met.
// What nobody can read keeps its place in the list under the names that other servers use too, since
// a missing host would mean a group: RFC 9051 §7.5.2.

import { Lexer, domain, localPart, phrase } from './lexer.ts'
import { type Address, LooseReader, looseAddresses } from './loose.ts'
import { decodeWords } from './words.ts'

export type { Address }

/** Addresses behind this many are not read: bounds what an ENVELOPE can grow to. */
const ADDRESSES_MAX = 10_000

const NO_MAILBOX = 'MISSING_MAILBOX'
const NO_DOMAIN = 'MISSING_DOMAIN'
const BROKEN = 'SYNTAX_ERROR'

/** True for what nobody can read, which stands in the list under names that are no address. */
export function isStandIn({ mailbox, host }: Address): boolean {
  return mailbox === NO_MAILBOX || host === NO_DOMAIN || host === BROKEN
}

/**
 * Parses a field value, folded or not. Never throws; linear in the length of the value. What the rules do not read is
 * read as clients do, by LooseReader.
 */
export function parseAddresses(value: string): Address[] {
  const list: Address[] = []
  const hidden = value.includes('@') || !value.includes('=?') ? value : withoutWords(value)
  const lexer = new Lexer(hidden)
  if (!lexer.skip() || lexer.ended) return list
  const reader = new Reader(lexer, list)
  for (;;) {
    if (!lexer.is(';')) reader.address()
    // Outlook puts semicolons between addresses, others nothing.
    const semicolon = lexer.is(';')
    const comma = lexer.is(',')
    if (comma || semicolon) lexer.at++
    const good = lexer.skip()
    if (semicolon && lexer.is(',')) lexer.at++
    if (!good && comma) list.push({ name: null, route: null, mailbox: NO_MAILBOX, host: NO_DOMAIN })
    if (!lexer.skip() || lexer.ended || list.length >= ADDRESSES_MAX) return list
  }
}

/** The value decoded where its only "@" is in an encoded word, against RFC 2047 §5 (3). */
function withoutWords(value: string): string {
  const text = decodeWords(value)
  return text.includes('@') ? Buffer.from(text).toString('latin1') : value
}

/** Reads the elements of a list by the rules, and by LooseReader where they do not hold. */
class Reader {
  readonly #lexer: Lexer
  readonly #list: Address[]
  readonly #loose: LooseReader
  /** Once the rules have failed they might at every further comma, each time after reading to the end. */
  #failed = false

  constructor(lexer: Lexer, list: Address[]) {
    this.#lexer = lexer
    this.#list = list
    this.#loose = new LooseReader(lexer.text)
  }

  /** address = mailbox / group, up to the comma or semicolon behind it. */
  address(): void {
    if (!this.#failed && (parseUsual(this.#lexer, this.#list) || this.#group())) return
    this.#mailbox(false)
  }

  /** group = display-name ":" [mailbox-list] ";". False: not a group, the cursor is back. */
  #group(): boolean {
    const lexer = this.#lexer
    const start = lexer.at
    const name = phrase(lexer)
    if (name === null || !lexer.is(':')) {
      lexer.at = start
      return false
    }
    this.#members(name)
    return true
  }

  /** The rest of a group, from its colon. */
  #members(name: string): void {
    const lexer = this.#lexer
    lexer.at++
    let good = lexer.skip()
    this.#list.push({ name: null, route: null, mailbox: name, host: null })
    while (good && !lexer.ended && !lexer.is(';')) {
      this.#mailbox(true)
      if (!lexer.is(',') || this.#list.length >= ADDRESSES_MAX) break
      lexer.at++
      good = lexer.skip()
    }
    if (lexer.is(';')) {
      lexer.at++
      lexer.skip()
    }
    this.#list.push({ name: null, route: null, mailbox: null, host: null })
  }

  #mailbox(group: boolean): void {
    const lexer = this.#lexer
    const { at } = lexer
    let strict: Address | null = null
    if (!this.#failed) {
      strict = parseMailbox(lexer)
      if (!group && strict.host !== NO_DOMAIN && strict.host !== BROKEN && lexer.is(':')) {
        this.#members(lexer.text.slice(at, lexer.at).trim()) // an address for a group's name
        return
      }
      if (isGood(strict, lexer, at)) {
        this.#list.push(strict)
        return
      }
      this.#failed = true
    }
    const end = this.#loose.end(at, group)
    const element = lexer.text.slice(at, end)
    lexer.at = end
    this.#list.push(...readAlone(element, strict))
  }
}

/** One element by the rules, else as clients do, else what the rules made of it. */
function readAlone(element: string, strict: Address | null): Address[] {
  const lexer = new Lexer(element)
  const alone = lexer.skip() ? parseMailbox(lexer) : null
  if (alone !== null && isGood(alone, lexer, 0)) return [alone]
  const found = looseAddresses(element)
  if (found.length > 0) return found
  return [strict ?? alone ?? { name: null, route: null, mailbox: NO_MAILBOX, host: NO_DOMAIN }]
}

/** False when a client finds another address between `start` and the next comma. Then the cursor is anywhere. */
function isGood({ host }: Address, lexer: Lexer, start: number): boolean {
  const { text } = lexer
  if (host === BROKEN) return false
  const from = lexer.at
  // A semicolon parts addresses; what has none goes on.
  while (!lexer.ended && !lexer.is(',') && (host === NO_DOMAIN || !lexer.is(';'))) lexer.at++
  if (host === NO_DOMAIN) return !text.slice(start, lexer.at).includes('@')
  return !text.slice(from, lexer.at).includes('<')
}

const ATEXT = "[!#-'*+\\-/-9=?A-Z^-~\\x80-\\xff]"
const HOST = `${ATEXT}+(?:\\.${ATEXT}+)*`
const USUAL = new RegExp(
  `(?:(?:"([^"\\\\\\0\\r\\n\\t]*)"|(${ATEXT}(?:${ATEXT}|\\.)*(?: (?:${ATEXT}|\\.)+)*))? ?` +
    `<((?:${ATEXT}|\\.)+)@(${HOST})>|((?:${ATEXT}|\\.)+)@(${HOST})) ?(?=,|$)`,
  'y',
)

/**
 * One regular expression for what nearly all addresses look like, `"Joe Doe" <joe@example.com>`: the
 * same as the rules below would read, several times faster. False: none, the cursor has not moved.
 */
function parseUsual(lexer: Lexer, list: Address[]): boolean {
  USUAL.lastIndex = lexer.at
  const match = USUAL.exec(lexer.text)
  if (match === null) return false
  lexer.at = USUAL.lastIndex
  const [, quoted, words, mailbox, host, bareMailbox, bareHost] = match
  const name = (quoted ?? words) || null
  list.push({ name, route: null, mailbox: mailbox ?? bareMailbox, host: host ?? bareHost })
  return true
}

/** mailbox = name-addr / addr-spec */
function parseMailbox(lexer: Lexer): Address {
  const address: Address = { name: null, route: null, mailbox: null, host: null }
  const start = lexer.at
  const name = phrase(lexer)
  if (name !== null && lexer.is('<')) {
    address.name = name === '' ? null : name
    if (!parseAngle(lexer, address)) address.host = BROKEN
  } else {
    lexer.at = start
    parseSpec(lexer, address)
  }
  address.mailbox ??= NO_MAILBOX
  address.host ??= NO_DOMAIN
  return address
}

/** "<" [route ":"] addr-spec ">" */
function parseAngle(lexer: Lexer, address: Address): boolean {
  lexer.at++
  if (!lexer.skip()) return false
  if (lexer.is('@')) {
    address.route = parseRoute(lexer)
    if (address.route === null || !lexer.is(':')) {
      address.route = 'INVALID_ROUTE'
      return false
    }
    lexer.at++
    if (!lexer.skip()) return false
  }
  if (!lexer.is('>')) {
    const local = localPart(lexer)
    if (local === null) return false
    address.mailbox = local
    if (lexer.is('@')) {
      const host = domain(lexer)
      if (host === null) return false
      address.host = host
    }
    if (!lexer.is('>')) return false
  }
  lexer.at++
  return lexer.skip()
}

/** obs-domain-list = "@" domain *("," "@" domain): RFC 5322 §4.4 */
function parseRoute(lexer: Lexer): string | null {
  const domains: string[] = []
  while (lexer.is('@')) {
    const host = domain(lexer)
    if (host === null) return null
    domains.push('@' + host)
    while (lexer.is(',')) {
      lexer.at++
      if (!lexer.skip()) return null
    }
  }
  return domains.join(',')
}

/** addr-spec, whose name older mail puts into a comment behind it: `joe@example.com (Joe)`. */
function parseSpec(lexer: Lexer, address: Address): void {
  const start = lexer.at
  lexer.comment = ''
  address.mailbox = localPart(lexer)
  if (lexer.is('@')) {
    address.host = domain(lexer)
    if (lexer.comment !== '') address.name = lexer.comment
  } else if (lexer.comment !== '') {
    address.name = lexer.comment
  } else if (address.mailbox !== null) {
    // One word alone is a mailbox without a host; a quoted one or several are a name without address.
    const behind = lexer.at
    lexer.at = start
    const quoted = lexer.is('"')
    const words = phrase(lexer)
    if (quoted || words?.includes(' ')) {
      address.name = words ?? address.mailbox
      address.mailbox = null
    }
    if (words === null) lexer.at = behind
  }
}
