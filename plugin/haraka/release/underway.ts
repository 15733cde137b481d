// What is on its way to a next hop now: a stop waits for its end.
import { setTimeout as wait } from 'node:timers/promises'
import type { Next } from '../types.ts'

/** Haraka removes a queue file just after its hook was answered. */
const UNLINK_MS = 100

export class Underway {
  readonly #now = new Set<unknown>()
  #idle: (() => void) | null = null

  begin(one: unknown): void {
    this.#now.add(one)
  }

  /** `next`, with the end of `one`. */
  ended(one: unknown, next: Next = () => {}): Next {
    return (...answer) => {
      next(...answer)
      this.#now.delete(one)
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
