// Who sends what is much work gets a part of each round of Haraka's event loop. Node reads a socket up to 32 times in a round, and
// one sender of short lines would keep all others waiting for a second. Once a round has cost enough, those who sent in it
// wait until the next rounds: one a round.

export interface Paused {
  pause(): void
  resume(): void
}

/** What pieces of messages may cost in one round, ms. */
const ROUND_MS = 5

export class Rounds {
  /** Those whose pieces were work lately. */
  readonly #senders = new Set<Paused>()
  readonly #waiting = new Set<Paused>()
  #spent = 0
  /** A next round is waited for. */
  #asked = false

  /** This round has cost enough. */
  get full(): boolean {
    return this.#spent >= ROUND_MS
  }

  /** Does it matter when this sender is done? */
  has(sender: Paused): boolean {
    return this.#senders.has(sender)
  }

  /** A piece was worked on for so long; more is to come. */
  took(sender: Paused, ms: number): void {
    this.#senders.add(sender)
    this.#spent += ms
    this.#ask()
    if (!this.full) return
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
