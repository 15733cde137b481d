// Whether other plugins proved an address: alignment as DMARC has it, RFC 7489 §3.1.
import type { Proofs } from '../mail.ts'
import { canonicalDomain, domainOf } from '../address.ts'
import { sameOrganization } from './organization.ts'

/** Nothing proven, and nobody who would. */
export const UNPROVEN: Proofs = { dkim: [], spf: null, checked: false }

/**
 * RFC 7489 §3.1.1 and §3.1.2: a header From is proven by DKIM or SPF for a domain of the same organization.
 * `address`: canonical.
 */
export function provesAuthor({ dkim, spf }: Proofs, address: string): boolean {
  const domain = domainOf(address)
  return [...dkim, ...(spf ? [spf.domain] : [])].some((proven) => {
    const form = canonicalDomain(proven)
    return form !== null && sameOrganization(form, domain)
  })
}

/** RFC 7208 §2.4: an envelope sender is proven by SPF for its very domain. `address`: canonical. */
export function provesSender({ spf }: Proofs, address: string): boolean {
  return spf?.scope === 'mfrom' && canonicalDomain(spf.domain) === domainOf(address)
}
