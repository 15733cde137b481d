// What every verb is given: the parts it may use, joined once by open.ts.
import type { Config } from '../config.ts'
import type { Filter } from '../filter/filter.ts'
import type { Store, Tx, WriteOptions } from '../store/store.ts'
import type { Follower } from './follower.ts'

export interface Context {
  store: Store
  filter: Filter
  config: Config
  /** Brings the filter's model and masks up to the journal. */
  follower: Follower
}

/** Store.write, for decisions that may be about lessons. */
export async function write<T>(
  ctx: Context,
  options: WriteOptions,
  decide: (tx: Tx) => T,
): Promise<T> {
  return await ctx.follower.model.decide((run) => ctx.store.write(options, run), decide)
}
