// Memory that connections share: who wants more than is left has to come again.

export class Budget {
  #left: number

  /** @param octets that may be taken at one time */
  constructor(octets: number) {
    this.#left = octets
  }

  /** Takes octets; false if there are too few. */
  take(octets: number): boolean {
    if (octets > this.#left) return false
    this.#left -= octets
    return true
  }

  give(octets: number): void {
    this.#left += octets
  }
}
