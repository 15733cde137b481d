// Counts connections: of this process, of one network address, of one account.
import { networkOf, siteOf } from '../../network.ts'

export interface AdmissionLimits {
  readonly total: number
  readonly perAddress: number
  readonly perAccount: number
}

/** A site of IPv6 has 65,536 networks, and may have as many connections as so many of them. */
const SITE_TIMES = 4

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
