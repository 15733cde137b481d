// What is kept beside the views until it is over: logins of the page, answers to requests that may come twice, results
// of batches, when a token was used last. Each has a key of words, of which the first says what it is.
import { decode, encode } from './codec.ts'
import type { BesideTables, Env } from './env.ts'

/** A value, and when it is over (Unix ms). */
export interface Lasting<T> {
  value: T
  until: number
}

const LAST = '\uffff'
/** Records that one transaction removes: a bound on how long others wait for the writer. */
const SWEEP = 500

export class Kept {
  readonly #env: Env
  readonly #table: BesideTables['kept']

  constructor(env: Env) {
    this.#env = env
    this.#table = env.beside.kept
  }

  /** Null where there is none, or it is over. */
  get<T>(key: readonly string[], now = Date.now()): Lasting<T> | null {
    const bytes = this.#table.get([...key])
    const found = bytes ? decode<Lasting<T>>(bytes) : null
    return found && found.until > now ? found : null
  }

  /** All whose keys begin with these words, also what is over. */
  *all<T>(begin: readonly string[]): Generator<{ key: string[] } & Lasting<T>> {
    for (const { key, value } of this.#table.range({ start: [...begin], end: [...begin, LAST] }))
      yield { key: key as string[], ...decode<Lasting<T>>(value) }
  }

  /**
   * Changes it in one commit: `change` is given what is there and answers what shall be, or null for nothing. Of several
   * that ask at once, in any process, each sees what the one before left.
   */
  async change<T>(
    key: readonly string[],
    change: (old: Lasting<T> | null) => Lasting<T> | null,
  ): Promise<void> {
    await this.#env.write(() => {
      const next = change(this.get<T>(key))
      if (next) this.#table.put([...key], encode(next))
      else this.#table.remove([...key])
    })
  }

  /** Keeps the `most` that end last of those whose keys begin with these words. */
  async bound(begin: readonly string[], most: number): Promise<void> {
    const ends = Array.from(this.all(begin), ({ key, until }) => ({ key, until }))
    if (ends.length <= most) return
    const over = ends.sort((a, b) => b.until - a.until).slice(most)
    await this.remove(over.map(({ key }) => key))
  }

  async remove(keys: readonly (readonly string[])[]): Promise<void> {
    for (let at = 0; at < keys.length; at += SWEEP)
      await this.#env.write(() => {
        for (const key of keys.slice(at, at + SWEEP)) this.#table.remove([...key])
      })
  }

  /** Removes what is over. Answers how many. */
  async sweep(now: number): Promise<number> {
    const over: string[][] = []
    for (const { key, value } of this.#table.range({}))
      if (decode<Lasting<unknown>>(value).until <= now) over.push(key as string[])
    await this.remove(over)
    return over.length
  }
}
