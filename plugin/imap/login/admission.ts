// Counts connections: of this process, of one network address, of one account.

export interface AdmissionLimits {
  readonly total: number
  readonly perAddress: number
  readonly perAccount: number
}

export class Admission {
  readonly #limits: AdmissionLimits
  readonly #addresses = new Map<string, number>()
  readonly #accounts = new Map<string, number>()
  #total = 0

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** Connections now. */
  get total(): number {
    return this.#total
  }

  /** Counts a connection from `address`; answers how to give the place back, or null when it is full. */
  enter(address: string): (() => void) | null {
    if (this.#total >= this.#limits.total) return null
    const { perAddress } = this.#limits
    const leave = take(this.#addresses, networkOf(address), perAddress)
    if (!leave) return null
    const leaveSite = take(this.#addresses, siteOf(address), SITE_TIMES * perAddress)
    if (!leaveSite) {
      leave()
      return null
    }
    this.#total++
    return () => {
      this.#total--
      leave()
      leaveSite()
    }
  }

  /** Counts a login; null when the account has too many connections. */
  logIn(account: string): (() => void) | null {
    return take(this.#accounts, account, this.#limits.perAccount)
  }
}

function take(counts: Map<string, number>, key: string, max: number): (() => void) | null {
  const now = counts.get(key) ?? 0
  if (now >= max) return null
  counts.set(key, now + 1)
  return () => {
    const left = (counts.get(key) ?? 1) - 1
    if (left > 0) counts.set(key, left)
    else counts.delete(key)
  }
}

/** IPv4 in its dotted form, also where it comes mapped into IPv6 (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string | undefined): string {
  return (address ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '')
}

/** A site of IPv6 has 65,536 networks, and may have as many connections as so many of them. */
const SITE_TIMES = 4

/** What one customer is given: 48 bits of IPv6 (RFC 6177 §2); of IPv4 the address, under a name of its own. */
export function siteOf(address: string): string {
  const groups = networkOf(address).split(':')
  return groups.length === 1 ? `${address}/32` : `${groups.slice(0, 3).join(':')}::/48`
}

/** What one subscriber commands: an IPv4 address, or 64 bits of IPv6 (RFC 6177 §2). */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head, tail = ''] = address.split('%')[0].split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`
}
