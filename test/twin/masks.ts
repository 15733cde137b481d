// The mask index in the plainest words: every mask is compared with the address by string functions.

import { canonicalAddress } from '../../plugin/address.ts'
import { canonicalScope } from '../../plugin/scope.ts'
import { parseMask } from '../../plugin/filter/mask.ts'
import { unicodeDomain } from '../../plugin/filter/mask.ts'
import type { MaskEntry, Without } from '../../plugin/filter/mask-index.ts'

type Parts = { local: string; domain: string }

function split(text: string): Parts {
  const at = text.lastIndexOf('@')
  return { local: text.slice(0, at), domain: text.slice(at + 1) }
}

/** A domain with all its sub-domains, `.example.net`, is no mask. */
const isTree = (mask: string): boolean => !mask.includes('@')

/** Whether a canonical mask matches an address (docs/rules.md "Lists"). */
export function matches(mask: string, address: string): boolean {
  const form = canonicalAddress(address)
  if (form === null) return false
  const { local, domain } = split(form)
  if (isTree(mask)) return domain === mask.slice(1) || domain.endsWith(mask)
  const forms = [domain, unicodeDomain(domain) ?? domain]
  const wanted = split(mask)
  const localFits = wanted.local.startsWith('*')
    ? local.endsWith(wanted.local.slice(1))
    : local === wanted.local
  const domainFits = wanted.domain.endsWith('*')
    ? forms.some((name) => name.startsWith(wanted.domain.slice(0, -1)))
    : domain === wanted.domain
  return localFits && domainFits
}

/** Order of specificity: octets that are not `*`, then octets of the domain, then fewer stars. */
function order(a: string, b: string): number {
  const measure = (mask: string): number[] => {
    if (isTree(mask)) return [Buffer.byteLength(mask) - 1, Buffer.byteLength(mask) - 1, -4]
    const { local, domain } = split(mask)
    const k = Buffer.byteLength(local.replace(/^\*/, ''))
    const m = Buffer.byteLength(domain.replace(/\*$/, ''))
    const form = (local.startsWith('*') ? 1 : 0) + (domain.endsWith('*') ? 2 : 0)
    return [k + m, m, -form]
  }
  const [x, y] = [measure(a), measure(b)]
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2]
}

export class NaiveIndex {
  readonly entries = new Map<string, MaskEntry>()

  #entry(scope: string, list: MaskEntry['list'], mask: string): [string, MaskEntry] {
    const entry = { scope: canonicalScope(scope)!, list, mask: parseMask(mask) }
    return [`${list} ${entry.mask} ${entry.scope}`, entry]
  }

  add(scope: string, list: MaskEntry['list'], mask: string): boolean {
    const [key, entry] = this.#entry(scope, list, mask)
    if (this.entries.has(key)) return false
    this.entries.set(key, entry)
    return true
  }

  remove(scope: string, list: MaskEntry['list'], mask: string): boolean {
    return this.entries.delete(this.#entry(scope, list, mask)[0])
  }

  get size(): number {
    return this.entries.size
  }

  matches(address: string, scopes: readonly string[]): MaskEntry[] {
    const found: MaskEntry[] = []
    for (const scope of scopes) {
      const name = canonicalScope(scope)
      for (const entry of this.entries.values()) {
        if (entry.scope === name && matches(entry.mask, address)) found.push({ ...entry, scope })
      }
    }
    return found
  }

  lookup(address: string, scopes: readonly string[], without: Without = {}): MaskEntry | null {
    const all = this.matches(address, scopes).filter(({ list, mask }) => {
      if (list === 'block') return !without.block
      const covering = isTree(mask) || mask.startsWith('*') || mask.endsWith('*')
      return !without.allow && !(without.covering && covering)
    })
    for (const scope of scopes) {
      for (const list of ['allow', 'block'] as const) {
        const here = all.filter((entry) => entry.scope === scope && entry.list === list)
        if (here.length > 0) return here.toSorted((a, b) => order(a.mask, b.mask))[0]
      }
    }
    return null
  }
}
