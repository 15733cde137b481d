// What is on its way to a next hop now: a stop waits for its end.
import { setTimeout as wait } from 'node:timers/promises'
import type { HMail, Next } from '../types.ts'

/** Haraka removes a queue file just after its hook was answered. */
const UNLINK_MS = 100

/** What the log says of one for which begin() is false. */
export const readTwice = ({ filename }: HMail): string =>
  `queue file ${filename} was read twice; the second is left alone`

export class Underway {
  /** By what it is at. */
  readonly #now = new Map<unknown, unknown>()
  #idle: (() => void) | null = null

  /**
   * False: another one is at the same thing. Haraka may read a queue file again, at the start or for `haraka --qunstick`: of the two,
   * one would say that it failed while the other one is at it.
   * @param at the same for all that are at one thing
   */
  begin(one: unknown, at = one): boolean {
    const first = this.#now.get(at) ?? one
    this.#now.set(at, first)
    return first === one
  }

  /** `next`, with the end of `one`. */
  ended(one: unknown, next: Next = () => {}): Next {
    return (...answer) => {
      next(...answer)
      for (const [at, first] of this.#now) if (first === one) this.#now.delete(at)
      if (this.#now.size === 0) this.#idle?.()
    }
  }

  /** Resolves when nothing is under way, or after `ms`. */
  async end(ms: number): Promise<void> {
    if (this.#now.size === 0) return
    const idle = new Promise<void>((resolve) => (this.#idle = resolve))
    await Promise.race([idle, wait(ms)])
    await wait(UNLINK_MS)
  }
}
