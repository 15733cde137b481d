// RFC 5322 §3.4 address lists with groups, and the forms of RFC 5322 §4.4 that are still met.
// What cannot be read keeps its place in the list under the names that other servers use too, since
// a missing host would mean a group: RFC 9051 §7.5.2.

import { Lexer, domain, localPart, phrase } from './lexer.ts'

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

/** Addresses behind this many are not read: bounds what an ENVELOPE can grow to. */
const ADDRESSES_MAX = 10_000

const NO_MAILBOX = 'MISSING_MAILBOX'
const NO_DOMAIN = 'MISSING_DOMAIN'
const BROKEN = 'SYNTAX_ERROR'

/** Parses a field value, folded or not. Never throws; linear in the length of the value. */
export function parseAddresses(value: string): Address[] {
  const list: Address[] = []
  const lexer = new Lexer(value)
  if (!lexer.skip() || lexer.ended) return list
  for (;;) {
    if (!parseUsual(lexer, list) && !parseGroup(lexer, list)) parseMailbox(lexer, list)
    if (!lexer.is(',') || list.length >= ADDRESSES_MAX) return list
    lexer.at++
    if (!lexer.skip()) {
      list.push({ name: null, route: null, mailbox: NO_MAILBOX, host: NO_DOMAIN })
      return list
    }
    if (lexer.ended) return list
  }
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

/** group = display-name ":" [mailbox-list] ";". False: not a group, the cursor is back. */
function parseGroup(lexer: Lexer, list: Address[]): boolean {
  const start = lexer.at
  const name = phrase(lexer)
  if (name === null || !lexer.is(':')) {
    lexer.at = start
    return false
  }
  lexer.at++
  let good = lexer.skip()
  list.push({ name: null, route: null, mailbox: name, host: null })
  while (good && !lexer.ended && !lexer.is(';')) {
    parseMailbox(lexer, list)
    if (!lexer.is(',') || list.length >= ADDRESSES_MAX) break
    lexer.at++
    good = lexer.skip()
  }
  if (lexer.is(';')) {
    lexer.at++
    good = lexer.skip()
  }
  list.push({ name: null, route: null, mailbox: null, host: null })
  return true
}

/** mailbox = name-addr / addr-spec */
function parseMailbox(lexer: Lexer, list: Address[]): void {
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
  list.push(address)
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
