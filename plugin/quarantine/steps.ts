// What one request does to many messages is done in steps, each a decision of its own: others write in between, and
// incoming mail waits for a step and not for the request. A crash leaves whole steps.
import { performance } from 'node:perf_hooks'
import type { Tx } from '../store/store.ts'
import { write, type Context, type Writing } from './context.ts'

/** What a first step takes on, whatever it costs, unless told; requests of no more are one decision. */
export const FIRST = 8
/** Bounds the memory of a step, and what is run again if it has to be. */
const MOST = 1000
/** How long a step may take the writer, roughly. */
const STEP_MS = 12

/**
 * Decides about all of these, in their order; `done` hears of each step once it is on disk. The first step is taken even
 * for none of them.
 */
export async function inSteps<One, Result>(
  ctx: Context,
  options: Writing,
  all: readonly One[],
  decide: (tx: Tx, some: readonly One[]) => Result,
  done: (result: Result) => void,
  first = FIRST,
): Promise<void> {
  const bulk = all.length > first
  for (let at = 0, size = first; ;) {
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
    // Twice as many at most: the next ones may cost more than these.
    const fits = Math.floor((some.length * STEP_MS) / Math.max(took, 0.01))
    size = Math.max(1, Math.min(MOST, 2 * size, fits))
  }
}
