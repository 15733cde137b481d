// Requests that are answered at one time: so many of one account, or of one network without a login, and so many of all
// together. Whoever comes then is told to come again. What they hold (bodies as they come, answers that are not sent) is
// counted with them.
import { Budget, Hold } from '../budget.ts'
import { limits } from './limits.ts'

/** Of a request that is being answered. */
export interface Place {
  /** Octets that one share can have. */
  readonly most: number
  /** Octets that it holds from now on; false: there is no room for so many. */
  holds(octets: number): boolean
  leave(): void
}

export class Places {
  readonly #places: Budget
  readonly #octets: Budget
  readonly #shares = new Map<string, number>()

  /** @param octets that all requests together may hold */
  constructor(places: number, octets: number) {
    this.#places = new Budget(places)
    this.#octets = new Budget(octets)
  }

  /** Octets that requests hold. */
  get held(): number {
    return this.#octets.held
  }

  /** Requests that are being answered. */
  get total(): number {
    return this.#places.held
  }

  /** Null: there is no place for this share. */
  enter(share: string): Place | null {
    const now = this.#shares.get(share) ?? 0
    if (now >= limits.AT_ONCE || !this.#places.change(share, 1)) return null
    this.#shares.set(share, now + 1)
    const hold = new Hold(this.#octets, share)
    let left = false
    return {
      most: Math.floor(this.#octets.size / 2),
      holds: (octets) => !left && hold.set(octets),
      leave: () => {
        if (left) return
        left = true
        hold.set(0)
        this.#places.change(share, -1)
        const others = (this.#shares.get(share) ?? 1) - 1
        if (others > 0) this.#shares.set(share, others)
        else this.#shares.delete(share)
      },
    }
  }
}
