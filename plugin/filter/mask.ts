// Masks of the lists, and the one normal form in which masks, addresses and scopes are compared.
//
// A mask is `local@domain`; `*` may stand as its first and as its last character only and stands
// for any run of characters, also none, that does not cross the "@". Normal form:
//  - local part: NFC, lower case; a quoted string that needs no quotes loses them
//    (RFC 5321 §4.1.2: both spell the same mailbox);
//  - domain: lower case, A-label (RFC 5890 §2.3.2.1), so that U-label and A-label are equal;
//  - a domain that ends in `*` is cut somewhere inside a label, and a cut U-label has no A-label.
//    Its complete labels are kept as U-labels, the cut one as typed (NFC, lower case), and an
//    address is compared with it in its A-label form and in its U-label form. A cut label that
//    starts with `xn--` is an A-label's beginning: then the complete labels are A-labels too.

import { domainToASCII, domainToUnicode } from 'node:url'
import { Refused } from '../errors.ts'

/** Octets of a local part, RFC 5321 §4.5.3.1.1. */
export const LOCAL_MAX = 64
/** Octets of a domain, RFC 5321 §4.5.3.1.2. */
export const DOMAIN_MAX = 255
/** Octets of a label, RFC 1035 §2.3.4. */
const LABEL_MAX = 63
/** Characters of a mask as typed: a domain of U-labels is shorter than its A-labels. */
const MASK_MAX = 400
/** Characters of an address that is looked up. Longer than RFC 5321 allows on purpose: a spammer
 *  who writes a long local part must not slip past `*@domain`. */
export const ADDRESS_MAX = 4096

const PLAIN_ADDRESS = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9._-]*[a-z0-9_-]$/
/** Masks already in normal form; nearly all. Only asked for up to PLAIN_MAX characters, so that no
 *  part can be too long. */
const PLAIN_MASK =
  /^(?:\*[a-z0-9_+=.-]*|[a-z0-9_+=.-]+)@(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|(?:[a-z0-9_-]+\.)*[a-z0-9_-]*\*)$/
const PLAIN_MAX = 64
const DOT_ATOM = /^[^\x00-\x20\x7f()<>[\]:;@\\,."]+(?:\.[^\x00-\x20\x7f()<>[\]:;@\\,."]+)*$/ // RFC 5322 §3.2.3
const NOT_DOMAIN = /[^a-z0-9._\-\u0080-\u{10ffff}]/iu
const DOTS = /[\u3002\uff0e\uff61]/g // RFC 3490 §3.1: other full stops divide labels as well

/** NFC and lower case; final sigma is a sigma, so that the result does not depend on neighbours. */
function fold(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ').normalize('NFC')
}

/** The domain in A-labels, or null when it has none (RFC 5891 §4). */
function asciiDomain(domain: string): string | null {
  if (/^[\x21-\x7e]*$/.test(domain)) return domain.toLowerCase()
  if (NOT_DOMAIN.test(domain)) return null // domainToASCII would read it as part of a URL
  // Some capitals without a mapping have one in lower case.
  const ascii = domainToASCII(domain) || domainToASCII(fold(domain))
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/.test(ascii) ? ascii : null
}

/** The domain of a canonical address with U-labels in place of its A-labels; null when it has none. */
export function unicodeDomain(domain: string): string | null {
  if (!/(?:^|\.)xn--/.test(domain) || NOT_DOMAIN.test(domain)) return null
  const text = domainToUnicode(domain)
  return text !== domain && domainToASCII(text) === domain ? fold(text) : null
}

/** Takes characters off both ends; a regular expression for runs would be quadratic. */
function strip(text: string, before: RegExp | null, after: RegExp): string {
  let [start, end] = [0, text.length]
  while (start < end && before?.test(text[start])) start++
  while (start < end && after.test(text[end - 1])) end--
  return text.slice(start, end)
}

function canonicalLocal(local: string): string {
  const text = fold(local)
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) {
    return text.replaceAll(/\s+/g, '') // RFC 5322 §4.4: white space around the dots means nothing
  }
  const inner = text.slice(1, -1).replaceAll(/\\(.)/gs, '$1') // RFC 5322 §3.2.4
  return DOT_ATOM.test(inner) ? inner : `"${inner.replaceAll(/["\\]/g, '\\$&')}"`
}

/** The normal form of an address that is looked up, or null when it is none: no "@", an empty side,
 *  a control character, the null sender (`''`, `<>`). Generous otherwise: what a mail can show must
 *  be found by a block mask, so lengths and characters RFC 5321 forbids are let through. */
export function canonicalAddress(address: string): string | null {
  if (address.length > ADDRESS_MAX) return null
  const lower = address.toLowerCase()
  if (PLAIN_ADDRESS.test(lower)) return lower
  const text = strip(address.normalize('NFC'), /[\s<]/, /[\s>]/).replaceAll(
    /\p{Surrogate}/gu,
    '\ufffd',
  )
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return null
  const at = text.lastIndexOf('@')
  const local = canonicalLocal(text.slice(0, Math.max(at, 0)))
  const domain = text
    .slice(at + 1)
    .replaceAll(/\s+/g, '')
    .replaceAll(DOTS, '.')
  const typed = strip(domain, null, /\./)
  if (at < 1 || local === '' || typed === '') return null
  const form = `${local}@${asciiDomain(typed) ?? fold(typed)}`
  return form.length > ADDRESS_MAX ? null : form
}

/** The forms under which an address is looked up: canonical, and with the U-labels of its domain where
 *  it has any. None for what is no address. */
export function lookupForms(address: string): string[] {
  const form = canonicalAddress(address)
  if (form === null) return []
  const unicode = form.includes('xn--') ? unicodeDomain(domainOf(form)) : null
  return unicode === null ? [form] : [form, `${form.slice(0, form.lastIndexOf('@') + 1)}${unicode}`]
}

/** The normal form of a scope: `''` (everything), a domain, or an address; null when it is none. */
export function canonicalScope(scope: string): string | null {
  if (scope === '') return ''
  if (scope.includes('@')) return canonicalAddress(scope)
  const typed = scope.trim().replaceAll(DOTS, '.').replace(/\.$/, '')
  if (typed === '' || typed.length > DOMAIN_MAX || NOT_DOMAIN.test(typed)) return null
  return asciiDomain(typed)
}

/** The scopes whose lists count for a mailbox, most specific first: address, domain, everything. */
export function scopesOf(mailbox: string): string[] {
  const address = canonicalAddress(mailbox)
  return address === null ? [''] : [address, domainOf(address), '']
}

/** The domain of a canonical address. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

/** Whether a canonical mask covers the domain by `*`: all its mailboxes (`*@example.com`), or a
 *  domain that is itself matched by a `*` (`john@*`, `john@exam*`). Design §6, own-domain rule. */
export function coversDomain(mask: string): boolean {
  return mask.startsWith('*@') || mask.endsWith('*')
}

/** The canonical form of a mask.
 *  @throws Refused CANNOT with the reason and, where there is one, the position (from 1). */
export function parseMask(text: string): string {
  if (text.length <= PLAIN_MAX && PLAIN_MASK.test(text) && !text.includes('xn--')) return text
  if (text.length > MASK_MAX) refuse(`it is longer than ${MASK_MAX} characters`)
  const unseen = /[\p{Cc}\p{Z}\p{Surrogate}]/u.exec(text)
  if (unseen) refuse('it holds a space or a control character', unseen.index)
  const at = text.indexOf('@')
  if (at < 0) refuse('it has no "@"; write mailbox@domain, or *@domain for a whole domain')
  const second = text.indexOf('@', at + 1)
  if (second >= 0) refuse('it has a second "@"', second)
  const inner = text.slice(0, -1).indexOf('*', 1)
  if (inner >= 0) refuse('"*" may only be its first and its last character', inner)
  const [leading, trailing] = [text.startsWith('*'), text.endsWith('*')]
  const local = text.slice(leading ? 1 : 0, at)
  const domain = text.slice(at + 1, trailing ? -1 : undefined)
  if (local === '' && !leading) refuse('nothing stands before the "@"; write *@domain', at)
  if (domain === '' && !trailing) refuse('nothing stands after the "@"', at)
  const localForm = maskLocal(local, leading)
  const domainForm = maskDomain(domain, at + 1, trailing)
  return `${leading ? '*' : ''}${localForm}@${domainForm}${trailing ? '*' : ''}`
}

function maskLocal(local: string, leading: boolean): string {
  const quoted = !leading && /^"[^"\\]*"$/.test(local) // RFC 5321 §4.1.2 Quoted-string
  const bad = quoted ? null : /[()<>[\]:;\\,"]/.exec(local)
  if (bad) refuse('a local part cannot hold this character', bad.index + (leading ? 1 : 0))
  const form = canonicalLocal(local)
  if (octets(form) > LOCAL_MAX) refuse(`its local part is longer than ${LOCAL_MAX} octets`)
  return form
}

function maskDomain(domain: string, start: number, trailing: boolean): string {
  if (/^\[[a-z0-9.:_-]*\]?$/i.test(domain)) {
    if (!trailing && !domain.endsWith(']')) refuse('"[" has no "]"', start)
    return bounded(domain.toLowerCase()) // RFC 5321 §4.1.3: address literal
  }
  const bad = NOT_DOMAIN.exec(domain)
  if (bad) refuse('a domain cannot hold this character', start + bad.index)
  const typed = domain.replaceAll(DOTS, '.')
  const cut = trailing ? typed.lastIndexOf('.') + 1 : typed.length
  const complete = typed.slice(0, trailing ? Math.max(cut - 1, 0) : cut)
  const empty = cut > 0 ? `.${complete}.`.indexOf('..') : -1
  if (empty >= 0) {
    refuse(
      'a label of its domain is empty',
      start + Math.min(empty, Math.max(complete.length - 1, 0)),
    )
  }
  const ascii = asciiDomain(complete)
  if (ascii === null) refuse('its domain is no valid international domain name', start)
  if (ascii.split('.').some((label) => label.length > LABEL_MAX)) {
    refuse(`a label of its domain is longer than ${LABEL_MAX} octets`)
  }
  if (!trailing) return bounded(ascii)
  const last = fold(typed.slice(cut))
  const labels = last.startsWith('xn--') ? ascii : (unicodeDomain(ascii) ?? ascii)
  return bounded(cut > 0 ? `${labels}.${last}` : last)
}

function bounded(domain: string): string {
  if (octets(domain) > DOMAIN_MAX) refuse(`its domain is longer than ${DOMAIN_MAX} octets`)
  return domain
}

function octets(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

function refuse(reason: string, index?: number): never {
  const where = index === undefined ? '' : ` (character ${index + 1})`
  throw new Refused('CANNOT', `This is no mask: ${reason}${where}.`)
}
