// Long work in short turns of the event loop.
import { setImmediate } from 'node:timers/promises'

/** Time in ms that is taken from others at once. */
const TURN_MS = 4
/** The clock costs more than most of what is done between two looks at it. */
const STEPS = 16

export class Turn {
  #until = performance.now() + TURN_MS
  #steps = 0

  /** Asked after each small step: is it others' turn? */
  get over(): boolean {
    return ++this.#steps % STEPS === 0 && this.late
  }

  /** The same after a larger step. */
  get late(): boolean {
    return performance.now() > this.#until
  }

  async next(): Promise<void> {
    await setImmediate()
    this.#until = performance.now() + TURN_MS
  }
}

/** Items sorted, or merged, at once: a fraction of a turn. */
const RUN = 2048

/** A sorted copy. */
export async function sortedInTurns<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  turn: Turn,
): Promise<T[]> {
  let runs: T[][] = []
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).sort(compare))
    if (turn.late) await turn.next()
  }
  while (runs.length > 1) {
    const longer: T[][] = []
    for (let i = 0; i < runs.length; i += 2) {
      const two = { a: runs[i], b: runs.at(i + 1) ?? [], x: 0, y: 0, merged: [] as T[] }
      while (mergeSome(two, compare)) if (turn.late) await turn.next()
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
