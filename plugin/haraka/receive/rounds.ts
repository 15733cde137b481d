// Who sends much gets a part of each round of Haraka's event loop. Node reads a socket up to 32 times in a round, and Haraka
// works each time line by line: 64 KB of empty lines are some ten ms of it, so that one sender of them kept all others waiting
// for a second. Here whoever sends large pieces waits, once a round has cost enough, until the next rounds: one a round.

export interface Paused {
  pause(): void
  resume(): void
}

/** What large pieces may cost in one round, ms. */
const ROUND_MS = 5

export class Rounds {
  /** Those who sent large pieces lately. */
  readonly #senders = new Set<Paused>()
  readonly #waiting = new Set<Paused>()
  #spent = 0
  /** A next round is waited for. */
  #asked = false

  /** Does it matter when this sender is done? */
  has(sender: Paused): boolean {
    return this.#senders.has(sender)
  }

  /** A large piece was worked on for so long; more is to come. */
  took(sender: Paused, ms: number): void {
    this.#senders.add(sender)
    this.#spent += ms
    this.#ask()
    if (this.#spent < ROUND_MS) return
    for (const one of this.#senders) {
      if (this.#waiting.has(one)) continue
      this.#waiting.add(one)
      one.pause()
    }
  }

  /** Its message has ended, or something else keeps it waiting. */
  leave(sender: Paused): void {
    this.#senders.delete(sender)
    this.#waiting.delete(sender)
  }

  readonly #begin = (): void => {
    this.#spent = 0
    this.#asked = false
    const [first] = this.#waiting
    if (first === undefined) {
      // It is calm: nobody is remembered.
      this.#senders.clear()
      return
    }
    this.#waiting.delete(first)
    first.resume()
    this.#ask()
  }

  #ask(): void {
    if (this.#asked) return
    this.#asked = true
    setImmediate(this.#begin)
  }
}
