// Who has the event loop: work that a client's or a sender's choice makes long gives way by the clock, to everybody
// who has something to do, and each account has one share of what is left, however many connections it has.
import { Refused } from './errors.ts'

/** Work in one round of the loop after which it goes on in a later one, in ms. */
export const TURN_MS = 5

/** The rounds of this process's event loop, and who waits for one. */
class Rounds {
  /** Grows with every round in which somebody works. */
  number = 0
  /** When the first work of this round began; 0: there was none. */
  #since = 0
  /** What the process had used of the processor by then, in ms. */
  #used = 0
  /** The part of its time for which the round before had the processor: 1 where nobody else wants it. */
  #had = 1
  #armed = false
  /** By share, in the order in which they get their turns. */
  readonly #waiting = new Map<string, (() => void)[]>()

  /** Has this round been worked in for so long that others should have theirs? */
  over(now: number): boolean {
    if (this.#since > 0) return now - this.#since >= TURN_MS
    this.#start(now)
    this.#arm()
    return false
  }

  /** Processor time of what took so long in the round before, in ms. */
  worked(ms: number): number {
    return ms * this.#had
  }

  /** Resolves in a later round: one waiter in each, of each share in turn. */
  async wait(share: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const queue = this.#waiting.get(share)
      if (queue) queue.push(resolve)
      else this.#waiting.set(share, [resolve])
      this.#arm()
    })
  }

  #arm(): void {
    if (this.#armed) return
    this.#armed = true
    setImmediate(() => this.#begin())
  }

  #start(now: number): void {
    this.#since = now
    this.#used = processorMs()
  }

  /** A short round says nothing: what is counted is counted in steps. */
  #end(): void {
    const took = performance.now() - this.#since
    if (this.#since > 0 && took >= 1) this.#had = Math.min(1, (processorMs() - this.#used) / took)
    this.#since = 0
  }

  #begin(): void {
    this.#armed = false
    this.#end()
    this.number++
    for (const [share, queue] of this.#waiting) {
      const next = queue.shift()
      this.#waiting.delete(share)
      if (queue.length > 0) this.#waiting.set(share, queue)
      this.#arm()
      this.#start(performance.now())
      next?.()
      return
    }
  }
}

const rounds = new Rounds()

/** Of all threads of this process: Node.js 20 does not tell that of one. */
function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The part of one command, or of what is told between commands, in the processor's time. */
export class Turn {
  /** Who pays for it: an account, or before a login an address. */
  readonly share: string
  /** Processor time that it may take, in ms. */
  readonly budget: number
  #spent = 0
  #round = -1
  #last = 0
  #given = 0

  constructor(share: string, budget = Infinity) {
    this.share = share
    this.budget = budget
  }

  /** Processor time that was taken, in ms: as of the last look at the clock. */
  get spent(): number {
    return this.#spent
  }

  /** How often it gave way. */
  get given(): number {
    return this.#given
  }

  /** Is it others' turn? To be asked every few µs to ms of work. */
  get over(): boolean {
    const now = performance.now()
    const over = rounds.over(now)
    // Between two rounds it waited, and others worked.
    if (rounds.number === this.#round) this.#spent += rounds.worked(now - this.#last)
    this.#round = rounds.number
    this.#last = now
    return over
  }

  /** Lets others have their turn where it is theirs. */
  async rest(): Promise<void> {
    if (!this.over) return
    this.#given++
    await rounds.wait(this.share)
    this.#round = rounds.number
    this.#last = performance.now()
  }

  /** The same within a command. Refused when the budget is spent. */
  async give(): Promise<void> {
    await this.rest()
    this.check()
  }

  /** Counts what was done in this thread without a look at the clock, in ms on it. Refuses nothing: it is done. */
  count(ms: number): void {
    this.#spent += rounds.worked(ms)
  }

  /** Counts what was done elsewhere, in ms. Refused when the budget is spent. */
  pay(ms: number): void {
    this.#spent += ms
    this.check()
  }

  /** Refused when the budget is spent. */
  check(): void {
    if (this.#spent > this.budget) throw spent(this.budget)
  }

  /** What is left of the budget, in ms. */
  get left(): number {
    return Math.max(0, this.budget - this.#spent)
  }
}

const paying = new WeakMap<object, Turn>()

/** From now on all that this very login asks for is paid for by this turn: a login that is made for one request. */
export function payBy(login: object, turn: Turn): void {
  paying.set(login, turn)
}

/** The turn that pays for all that this login asks for, where there is one. */
export function payerOf(login: object): Turn | undefined {
  return paying.get(login)
}

/** The turn of what a login asks for: that of its request, else one without a budget. */
export function turnOf(login: { readonly account: string }): Turn {
  return payerOf(login) ?? new Turn(login.account)
}

/** The sentence for a command that took all the time it may take. */
export function spent(budget: number): Refused {
  return new Refused(
    'limit',
    `This took more than ${budget / 1000} s of the server's processor, which is as much as one command may take. ` +
      'Ask for fewer messages at a time, or narrow a search by dates or flags.',
  )
}

/** What work in steps comes to; others get their turns between them. */
export async function inTurns<T>(steps: Generator<void, T>, turn: Turn): Promise<T> {
  let step = steps.next()
  for (; !step.done; step = steps.next()) if (turn.over) await turn.rest()
  return step.value
}

/** Items sorted, or merged, at once: a fraction of a turn. */
const RUN = 1024

/** A sorted copy, as `toSorted`; others get their turns meanwhile. */
export async function sortedInTurns<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  turn: Turn,
): Promise<T[]> {
  let runs: T[][] = []
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).sort(compare))
    if (turn.over) await turn.give()
  }
  while (runs.length > 1) {
    const longer: T[][] = []
    for (let i = 0; i < runs.length; i += 2) {
      const two = { a: runs[i], b: runs.at(i + 1) ?? [], x: 0, y: 0, merged: [] as T[] }
      while (mergeSome(two, compare)) if (turn.over) await turn.give()
      longer.push(two.merged)
    }
    runs = longer
  }
  return runs.at(0) ?? []
}

interface Two<T> {
  readonly a: readonly T[]
  readonly b: readonly T[]
  /** How far each is merged. */
  x: number
  y: number
  readonly merged: T[]
}

/** Goes on for RUN items; false at the end. Apart from what waits, because that is compiled less well. */
function mergeSome<T>(two: Two<T>, compare: (a: T, b: T) => number): boolean {
  const { a, b, merged } = two
  let { x, y } = two
  const until = merged.length + RUN
  while (merged.length < until && (x < a.length || y < b.length)) {
    const left = y === b.length || (x < a.length && compare(a[x], b[y]) <= 0)
    merged.push(left ? a[x++] : b[y++])
  }
  two.x = x
  two.y = y
  return x < a.length || y < b.length
}
