// What every verb is given: the parts it may use, joined once by open.ts.
import type { Config } from '../config.ts'
import type { Filter } from '../filter/filter.ts'
import type { Store, Tx, WriteOptions } from '../store/store.ts'
import type { Follower } from './model/follow.ts'

export interface Context {
  store: Store
  filter: Filter
  config: Config
  /** Brings the filter's copy of model and masks up to the journal. */
  follower: Follower
}

/** Store.write, with the filter kept in step when the transaction is rolled back. */
export async function write<T>(
  ctx: Context,
  options: WriteOptions,
  decide: (tx: Tx) => T,
): Promise<T> {
  try {
    return await ctx.store.write(options, (tx) => {
      try {
        return decide(tx)
      } catch (error) {
        ctx.follower.rolledBack()
        throw error
      }
    })
  } catch (error) {
    ctx.follower.rolledBack()
    throw error
  }
}

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
