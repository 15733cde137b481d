// The one normal form in which addresses and domains are compared: by lists, scopes and accounts.
//  - local part: NFC, lower case; a quoted string that needs no quotes loses them
//    (RFC 5321 §4.1.2: both spell the same mailbox);
//  - domain: lower case, A-label (RFC 5890 §2.3.2.1), so that U-label and A-label are equal.
import { domainToASCII } from 'node:url'

/** Octets of a local part, RFC 5321 §4.5.3.1.1. */
export const LOCAL_MAX = 64
/** Octets of a domain, RFC 5321 §4.5.3.1.2. */
export const DOMAIN_MAX = 255
/** Octets of a label, RFC 1035 §2.3.4. */
export const LABEL_MAX = 63
/** Characters of an address that is looked up. Longer than RFC 5321 allows on purpose: a spammer
 *  who writes a long local part must not slip past `*@domain`. */
export const ADDRESS_MAX = 4096

const PLAIN_ADDRESS = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9._-]*[a-z0-9_-]$/
const DOT_ATOM = /^[^\x00-\x20\x7f()<>[\]:;@\\,."]+(?:\.[^\x00-\x20\x7f()<>[\]:;@\\,."]+)*$/ // RFC 5322 §3.2.3
export const NOT_DOMAIN = /[^a-z0-9._\-\u0080-\u{10ffff}]/iu
export const DOTS = /[\u3002\uff0e\uff61]/g // RFC 3490 §3.1: other full stops divide labels as well

/** NFC and lower case; final sigma is a sigma, so that the result does not depend on neighbours. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ').normalize('NFC')
}

/** The domain in A-labels, or null when it has none (RFC 5891 §4). */
export function asciiDomain(domain: string): string | null {
  if (/^[\x21-\x7e]*$/.test(domain)) return domain.toLowerCase()
  if (NOT_DOMAIN.test(domain)) return null // domainToASCII would read it as part of a URL
  // Some capitals without a mapping have one in lower case.
  const ascii = domainToASCII(domain) || domainToASCII(fold(domain))
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/.test(ascii) ? ascii : null
}

/** Takes characters off both ends; a regular expression for runs would be quadratic. */
function strip(text: string, before: RegExp | null, after: RegExp): string {
  let [start, end] = [0, text.length]
  while (start < end && before?.test(text[start])) start++
  while (start < end && after.test(text[end - 1])) end--
  return text.slice(start, end)
}

export function canonicalLocal(local: string): string {
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

/** The normal form of a domain, or null when it is none. A full stop at its end is dropped. */
export function canonicalDomain(domain: string): string | null {
  const typed = domain.trim().replaceAll(DOTS, '.').replace(/\.$/, '')
  if (typed === '' || typed.length > DOMAIN_MAX || NOT_DOMAIN.test(typed)) return null
  return asciiDomain(typed)
}

/** The domain of a canonical address; a domain is its own. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
