// What every verb is given: the parts it may use, joined once by open.ts.
import type { Config } from '../config.ts'
import type { Filter } from '../filter/filter.ts'
import type { Store, Tx, WriteOptions } from '../store/store.ts'
import type { Turn } from '../turns.ts'
import type { Follower } from './follower.ts'
import type { Outside } from './outside.ts'

export interface Context {
  store: Store
  filter: Filter
  config: Config
  /** Brings the filter's model and masks up to the journal. */
  follower: Follower
  /** Who else knows passwords. */
  outside: Outside
}

/** Why nothing can be changed at the moment, in a sentence for everybody; null: all is well. */
export function stopped({ store: { state } }: Context): string | null {
  return state.can === 'read' ? STOPPED : null
}

/**
 * Ahead of what somebody looks at: what was acknowledged before, on any machine, is here then, if that can be had within a second.
 * At once where it is known that it cannot.
 */
export async function settle(ctx: Context): Promise<void> {
  if (stopped(ctx) === null) await ctx.store.barrier(SETTLE_MS)
}

const SETTLE_MS = 1000
const STOPPED =
  'The quarantine cannot be changed at the moment; what is there can be read. The administrator can see why (lazaret cluster status).'

/** Who writes, and whether it is only tried. */
export interface Writing extends WriteOptions {
  /** Nothing is kept: the answer is what would be. */
  dry?: boolean
  /** Pays for the decision. Once its budget is spent none is begun. */
  turn?: Turn
}

/** Store.write, for decisions that may be about lessons. */
export async function write<T>(ctx: Context, options: Writing, decide: (tx: Tx) => T): Promise<T> {
  const { dry = false, turn, ...real } = options
  turn?.check()
  const run = paidBy(turn, dry ? tried(decide) : decide)
  try {
    return await ctx.follower.model.decide((decision) => ctx.store.write(real, decision), run)
  } catch (error) {
    // What a decision throws leaves no trace.
    if (error instanceof Tried) return error.result as T
    throw error
  }
}

function paidBy<T>(turn: Turn | undefined, decide: (tx: Tx) => T): (tx: Tx) => T {
  if (!turn) return decide
  return (tx) => {
    const began = performance.now()
    try {
      return decide(tx)
    } finally {
      turn.count(performance.now() - began)
    }
  }
}

class Tried extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('a decision was tried only')
    this.result = result
  }
}

function tried<T>(decide: (tx: Tx) => T): (tx: Tx) => never {
  return (tx) => {
    throw new Tried(decide(tx))
  }
}
