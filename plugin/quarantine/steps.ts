// What one request does to many messages is done in steps, each a decision of its own: others write in between, and
// incoming mail waits for a step and not for the request. A crash leaves whole steps.
import { performance } from 'node:perf_hooks'
import type { Tx } from '../store/store.ts'
import { write, type Context, type Writing } from './context.ts'

/** Requests of no more are one decision, whatever it costs; of more the first step is one of them. A lesson takes 10 ms. */
export const FIRST = 4
/** Bounds the memory of a step, and what is run again if it has to be. */
const MOST = 1000
/** How long a step may take the writer, roughly. */
const STEP_MS = 12

/** How many to take on next, where some took so many ms: twice as many at most, for the next ones may cost more. */
export function nextStep(some: number, size: number, took: number): number {
  const fits = Math.floor((some * STEP_MS) / Math.max(took, 0.01))
  return Math.max(1, Math.min(MOST, 2 * size, fits))
}

/**
 * Decides about all of these, in their order; `done` hears of each step once it is on disk. The first step is taken even
 * for none of them. `first`: what it takes on.
 */
export async function inSteps<One, Result>(
  ctx: Context,
  options: Writing,
  all: readonly One[],
  decide: (tx: Tx, some: readonly One[]) => Result,
  done: (result: Result) => void,
  first?: number,
): Promise<void> {
  const bulk = all.length > (first ?? FIRST)
  for (let at = 0, size = first ?? (bulk ? 1 : FIRST); ;) {
    const some = all.slice(at, at + size)
    let took = 0
    const result = await write(ctx, { ...options, bulk }, (tx) => {
      const began = performance.now()
      try {
        return decide(tx, some)
      } finally {
        took = performance.now() - began
      }
    })
    done(result)
    at += some.length
    if (at >= all.length) return
    size = nextStep(some.length, size, took)
  }
}
