// Verbs that wait for this machine's turn.
import type { Tx } from '../tx.ts'
import type { WriteOptions } from '../journal.ts'

export interface Verb {
  readonly options: WriteOptions
  readonly decide: (tx: Tx) => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  /** When its caller is told that it cannot be done now (performance.now()). */
  readonly until: number
}

/** Verbs of one entry, octets of its messages, and for how long they are thought (ms): others wait for the turn. */
export const VERBS = 64
export const OCTETS = 512 * 1024
export const THINK_MS = 20

export class Queue {
  #verbs: Verb[] = []
  #bulk: Verb[] = []

  get isEmpty(): boolean {
    return this.#verbs.length === 0 && this.#bulk.length === 0
  }

  push(verb: Verb): void {
    if (verb.options.bulk) this.#bulk.push(verb)
    else this.#verbs.push(verb)
  }

  /** What was out already goes first. */
  pushBack(verbs: readonly Verb[]): void {
    this.#verbs = [...verbs, ...this.#verbs]
  }

  /** The next of them whose callers still wait; a step of a bulk goes alone behind all that is in a hurry. */
  take(max: number): Verb[] {
    const now = performance.now()
    this.#verbs = this.#verbs.filter(({ until }) => until > now)
    this.#bulk = this.#bulk.filter(({ until }) => until > now)
    const taken = this.#verbs.splice(0, max)
    const step = taken.length < max ? this.#bulk.shift() : undefined
    return step ? [...taken, step] : taken
  }

  /** Takes one out: its caller does not wait any more. False: it is on its way. */
  drop(verb: Verb): boolean {
    const isHere = this.#verbs.includes(verb) || this.#bulk.includes(verb)
    this.#verbs = this.#verbs.filter((one) => one !== verb)
    this.#bulk = this.#bulk.filter((one) => one !== verb)
    return isHere
  }

  /** Takes out all. */
  clear(): Verb[] {
    const gone = [...this.#verbs, ...this.#bulk]
    this.#verbs = []
    this.#bulk = []
    return gone
  }
}
