// How many passwords a server is asked about at one time; of those that wait there is an end.
import { Refused } from '../errors.ts'

const WAITING_MAX = 64
const BUSY = 'Too many passwords are being checked at this moment; try again in a few seconds.'

export class Lane {
  readonly #max: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Refused where too many wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#max) {
      if (this.#waiting.length >= WAITING_MAX) throw new Refused('busy', BUSY)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}
