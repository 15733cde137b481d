// Requests that are answered at one time: so many of one account, or of one network address without a login, and so
// many of all together. Whoever comes then is told to come again.
import { limits } from './limits.ts'

export class Places {
  readonly #shares = new Map<string, number>()
  #total = 0

  /** Answers how to give the place back; null: there is none. */
  enter(share: string): (() => void) | null {
    const now = this.#shares.get(share) ?? 0
    if (now >= limits.AT_ONCE || this.#total >= limits.AT_ONCE_ALL) return null
    this.#shares.set(share, now + 1)
    this.#total++
    return () => {
      this.#total--
      const left = (this.#shares.get(share) ?? 1) - 1
      if (left > 0) this.#shares.set(share, left)
      else this.#shares.delete(share)
    }
  }
}
