// What is kept beside the views until it is over: logins of the page, answers to requests that may come twice, results
// of batches, when a token was used last. Each has a key of words, of which the first says what it is.
import { decode, encode } from './codec.ts'
import type { Turn } from '../turns.ts'
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
    for (const { key, value } of this.#table.range(under(begin)))
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

  /** Keeps of those whose keys begin with these words the `most` that end last, and no more of them than so many octets. */
  async bound(begin: readonly string[], most: number, octets = Infinity): Promise<void> {
    const all: { key: string[]; until: number; octets: number }[] = []
    for (const { key, value } of this.#table.range(under(begin)))
      all.push({
        key: key as string[],
        until: decode<Lasting<unknown>>(value).until,
        octets: value.length,
      })
    all.sort((a, b) => b.until - a.until)
    let [left, held] = [most, octets]
    const over = all.filter((one) => --left < 0 || (held -= one.octets) < 0)
    await this.remove(over.map(({ key }) => key))
  }

  async remove(keys: readonly (readonly string[])[]): Promise<void> {
    for (let at = 0; at < keys.length; at += SWEEP)
      await this.#env.write(() => {
        for (const key of keys.slice(at, at + SWEEP)) this.#table.remove([...key])
      })
  }

  /** Removes what is over, in turns with others. Answers how many. */
  async sweep(now: number, turn: Turn): Promise<number> {
    let gone = 0
    for (let from: string[] | null = []; from;) {
      const over: string[][] = []
      let last: string[] | null = null
      // Nothing is waited for in here: what is read is of one moment.
      for (const { key, value } of this.#table.range({ start: from })) {
        if (last && turn.over) break
        last = key as string[]
        if (decode<Lasting<unknown>>(value).until <= now) over.push(last)
        if (over.length === SWEEP) break
      }
      await this.remove(over)
      gone += over.length
      // The one behind it is the next: keys of words end below this.
      from = last && [...last, '']
      await turn.rest()
    }
    return gone
  }
}

const under = (begin: readonly string[]): { start: string[]; end: string[] } => ({
  start: [...begin],
  end: [...begin, LAST],
})
