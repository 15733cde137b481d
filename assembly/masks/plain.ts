// Plain addresses, nearly all there are: ASCII, no quotes, no A-label. Lower case is their normal form
// (plugin/filter/mask.ts, PLAIN_ADDRESS), so that the kernel can take them as typed.

import { DOMAIN_MAX, LOCAL_MAX } from './hash'

const AT: u8 = 0x40
const DOT: u8 = 0x2e
const HYPHEN: u8 = 0x2d

/** The octet in lower case for each that may stand in a part, 0 for the others. */
const localOctets: usize = memory.data(256)
const domainOctets: usize = memory.data(256)
/** RFC 5322 §3.2.3 atext that is no letter or digit, but for those of `_-`. */
const specials: usize = memory.data<u8>([
  0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2a, 0x2b, 0x2f, 0x3d, 0x3f, 0x5e, 0x60, 0x7b, 0x7c, 0x7d,
  0x7e,
])

export function initPlain(): void {
  for (let i: usize = 0; i < 17; i++) {
    const octet = load<u8>(specials + i)
    store<u8>(localOctets + octet, octet)
  }
  for (let octet: u8 = 0x30; octet <= 0x39; octet++) allow(octet, octet)
  for (let octet: u8 = 0x61; octet <= 0x7a; octet++) {
    allow(octet, octet)
    allow(octet - 0x20, octet)
  }
  allow(DOT, DOT)
  allow(HYPHEN, HYPHEN)
  allow(0x5f, 0x5f)
}

function allow(octet: u8, lower: u8): void {
  store<u8>(localOctets + octet, lower)
  store<u8>(domainOctets + octet, lower)
}

/** Brings a plain address into lower case.
 *  @returns its "@", or the end for an address that is not plain. */
export function foldPlain(at: usize, end: usize): usize {
  if (end - at > LOCAL_MAX + DOMAIN_MAX) return end
  let sign = at
  for (; sign < end; sign++) {
    const octet = load<u8>(localOctets + load<u8>(sign))
    if (octet == 0) break
    store<u8>(sign, octet)
  }
  if (sign == at || sign == end || load<u8>(sign) != AT) return end
  let last = DOT
  for (let i = sign + 1; i < end; i++) {
    const octet = load<u8>(domainOctets + load<u8>(i))
    // Two hyphens: an A-label, perhaps.
    if (octet == 0 || (octet == HYPHEN && last == HYPHEN)) return end
    store<u8>(i, octet)
    last = octet
  }
  return last == DOT ? end : sign
}
