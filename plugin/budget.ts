// Memory that connections share, counted as it is taken. Nobody can take it all: an account, or before the login a
// network, may hold as much as is left for the others. So k of them that take what they can get leave a (k+1)th part
// free, and whoever comes next gets some (the dynamic threshold of Choudhury and Hahne, for buffers of switches).

export class Budget {
  readonly #octets: number
  #free: number
  readonly #held = new Map<string, number>()

  /** @param octets that may be held at one time */
  constructor(octets: number) {
    this.#octets = this.#free = octets
  }

  /** Octets that there are. */
  get size(): number {
    return this.#octets
  }

  /** Octets that somebody holds. */
  get held(): number {
    return this.#octets - this.#free
  }

  /** Octets that nobody holds. */
  get free(): number {
    return this.#free
  }

  /** Counts `octets` more (or less) for `holder`; false, and nothing is counted, where that is too much. */
  change(holder: string, octets: number): boolean {
    const held = (this.#held.get(holder) ?? 0) + octets
    if (octets > 0 && held > this.#free - octets) return false
    this.#free -= octets
    if (held > 0) this.#held.set(holder, held)
    else this.#held.delete(holder)
    return true
  }
}

/** What one connection holds for one purpose. */
export class Hold {
  #budget: Budget
  #holder: string
  #octets = 0

  constructor(budget: Budget, holder: string) {
    this.#budget = budget
    this.#holder = holder
  }

  /** From now on so many; false, and as many as before, where there is no room. */
  set(octets: number): boolean {
    if (!this.#budget.change(this.#holder, octets - this.#octets)) return false
    this.#octets = octets
    return true
  }

  /** Counts for another holder, from nothing. */
  move(budget: Budget, holder: string): void {
    this.set(0)
    this.#budget = budget
    this.#holder = holder
  }
}
