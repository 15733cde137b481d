// A decision may be run, thrown away and run again. While one is thought, what this process has in memory of the
// journal stays as it is: the transaction sees what nobody else does, and may be rolled back.

export class Thought {
  #on = false

  get on(): boolean {
    return this.#on
  }

  during<T>(decide: () => T): T {
    this.#on = true
    try {
      return decide()
    } finally {
      this.#on = false
    }
  }

  /** Asked by whatever is brought up to the journal. */
  refuse(what: string): void {
    if (this.#on)
      throw new Error(`a decision reads what it is given, not the ${what} of this process`)
  }
}
