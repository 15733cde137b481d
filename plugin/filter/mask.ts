// Masks of the lists, and the normal form in which they are compared.
//
// A mask is `local@domain`; `*` may stand as its first and as its last character only and stands
// for any run of characters, also none, that does not cross the "@". Normal form: that of an address
// (address.ts), but
//  - a domain that ends in `*` is cut somewhere inside a label, and a cut U-label has no A-label.
//    Its complete labels are kept as U-labels, the cut one as typed (NFC, lower case), and an
//    address is compared with it in its A-label form and in its U-label form. A cut label that
//    starts with `xn--` is an A-label's beginning: then the complete labels are A-labels too.
//
// An entry of its own kind beside the masks is a domain with all its sub-domains: `.example.net`, also
// written `*@*.example.net`. It matches every mailbox of example.net itself and of all domains below it.
// Programs differ here: Postfix' access(5) and SpamAssassin's `*@*.example.net` leave example.net out,
// Squid's and cookies' `.example.net` have it in. People who block a domain "with all its sub-domains" mean
// it too, and one who does not can write the sub-domains' masks.

import { domainToASCII, domainToUnicode } from 'node:url'
import {
  asciiDomain,
  canonicalAddress,
  canonicalLocal,
  DOMAIN_MAX,
  domainOf,
  DOTS,
  fold,
  LABEL_MAX,
  LOCAL_MAX,
  NOT_DOMAIN,
} from '../address.ts'
import { Refused } from '../errors.ts'

/** Characters of a mask as typed: a domain of U-labels is shorter than its A-labels. */
const MASK_MAX = 400
/** Masks already in normal form; nearly all. Only asked for up to PLAIN_MAX characters, so that no
 *  part can be too long. */
const PLAIN_MASK =
  /^(?:\*[a-z0-9_+=.-]*|[a-z0-9_+=.-]+)@(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|(?:[a-z0-9_-]+\.)*[a-z0-9_-]*\*)$/
const PLAIN_MAX = 64
/** The domain of a canonical address with U-labels in place of its A-labels; null when it has none. */
export function unicodeDomain(domain: string): string | null {
  if (!/(?:^|\.)xn--/.test(domain) || NOT_DOMAIN.test(domain)) return null
  const text = domainToUnicode(domain)
  return text !== domain && domainToASCII(text) === domain ? fold(text) : null
}

/** The forms under which an address is looked up: canonical, and with the U-labels of its domain where
 *  it has any. None for what is no address. */
export function lookupForms(address: string): string[] {
  const form = canonicalAddress(address)
  if (form === null) return []
  const unicode = form.includes('xn--') ? unicodeDomain(domainOf(form)) : null
  return unicode === null ? [form] : [form, `${form.slice(0, form.lastIndexOf('@') + 1)}${unicode}`]
}

/** Whether a canonical entry stands for more than one address: it has a `*`, or is a domain with all its
 *  sub-domains. Own-domain rule: such an allow entry lets in nobody who claims the own domain. */
export function isPattern(mask: string): boolean {
  return mask.startsWith('*') || mask.endsWith('*') || isTree(mask)
}

/** Whether a canonical entry is a domain with all its sub-domains. */
export function isTree(mask: string): boolean {
  return mask.startsWith('.') && !mask.includes('@')
}

/** The mask that matches every address there is. */
export const EVERYBODY = '*@*'

/** How the domain with all its sub-domains may be written. */
const TREE = /^(?:\*@\*)?\.(?=[^@*]*$)/

/** The canonical form of an entry: a mask, or a domain with all its sub-domains.
 *  @throws Refused with the reason and, where there is one, the position (from 1). */
export function parseMask(text: string): string {
  if (text.length <= PLAIN_MAX && PLAIN_MASK.test(text) && !text.includes('xn--')) return text
  if (text.length > MASK_MAX) refuse(`it is longer than ${MASK_MAX} characters`)
  const unseen = /[\p{Cc}\p{Z}\p{Surrogate}]/u.exec(text)
  if (unseen) refuse('it holds a space or a control character', unseen.index)
  const tree = TREE.exec(text)
  if (tree) return parseTree(text.slice(tree[0].length), tree[0].length)
  const at = text.indexOf('@')
  if (at < 0)
    refuse(
      'it has no "@"; write mailbox@domain, *@domain for a whole domain, or .domain for it with all its sub-domains',
    )
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

function parseTree(domain: string, start: number): string {
  if (domain === '') refuse('nothing stands after the "."', start - 1)
  if (domain.startsWith('[')) refuse('a domain cannot hold this character', start)
  return `.${maskDomain(domain, start, false)}`
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
  throw new Refused('invalid', `This is no mask: ${reason}${where}.`)
}
