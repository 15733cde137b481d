// Variants take turns in short slices, so that what disturbs the machine disturbs all of them alike.

export interface Variant<T> {
  name: string
  /** One slice. */
  run: (round: number) => T | Promise<T>
}

/** Rounds that are run whatever the time: fewer are not worth a median. */
const LEAST = 5

export interface InterleaveOptions {
  /** No round begins when so many seconds have passed, but for the first few. */
  seconds?: number
  tell?: (round: number, name: string) => void
}

/**
 * Runs every variant `rounds` times; answers the outcomes by name, in order of rounds. Who is first in
 * one round is last in the next: nobody always runs behind the same neighbour.
 */
export async function interleave<T>(
  variants: readonly Variant<T>[],
  rounds: number,
  { seconds = Infinity, tell }: InterleaveOptions = {},
): Promise<Map<string, T[]>> {
  const outcomes = new Map<string, T[]>(variants.map(({ name }) => [name, []]))
  if (outcomes.size !== variants.length) throw new Error('two variants have the same name')
  const since = performance.now()
  const late = (): boolean => performance.now() - since > seconds * 1000
  for (let round = 0; round < rounds && !(round >= LEAST && late()); round++)
    for (const { name, run } of turn(variants, round)) {
      tell?.(round, name)
      outcomes.get(name)?.push(await run(round))
    }
  return outcomes
}

/** Rotated by one each round, and backwards in every other one. */
function turn<T>(list: readonly T[], round: number): T[] {
  const by = (round >> 1) % list.length
  const rotated = [...list.slice(by), ...list.slice(0, by)]
  return round % 2 === 0 ? rotated : rotated.reverse()
}
