// What time does to items. In two steps, so that a wrong clock loses nothing: first they are hidden, as if somebody
// had deleted them, and after the grace they are gone for good. In small decisions, scope by scope: others have the
// writer between them.
import type { Item, Scope } from '../mail.ts'
import { seenOf } from '../scope.ts'
import { boundGroups } from '../store/bounds.ts'
import {
  endings,
  endingScopes,
  getItem,
  stageOf,
  type Ending,
  type EndRange,
  type Stage,
} from '../store/items.ts'
import { EXPIRING, isExpiring } from '../store/keywords.ts'
import { draftsBefore } from '../store/lists.ts'
import type { Tx, WriteOptions } from '../store/store.ts'
import { DAY } from '../time.ts'
import { write, type Context } from './context.ts'
import { spanOf } from './ends.ts'
import { groupPlaces, placesOf } from './folders/expunge.ts'
import { giveUp } from './lists/drafts.ts'
import { flagsOf } from './folders/flags.ts'
import { withoutEnd } from './folders/outcome-keywords.ts'
import { putBack } from './folders/put-back.ts'
import { Turn } from '../turns.ts'

/** Items changed in one decision: a few ms for whoever waits for the writer. */
const STEP = 20
/** $Expiring is set so long before the end. */
const NOTICE = 2 * DAY
/** What is dated further ahead than this is of a clock that was wrong. */
const AHEAD = DAY

export interface Expired {
  /** Items that left their folders. */
  hidden: number
  /** Items that are gone for good. */
  purged: number
  /** Items that a clock which was ahead had hidden. */
  restored: number
  /** Why nothing may expire now, and what to do, for people. */
  doubt: string | null
  /** Unix ms: see Sight. */
  trusted: number
}

/** What time has done, as of now. `wall`: what the clock says, in Unix ms. */
export async function expire(ctx: Context, wall?: number): Promise<Expired> {
  const { now, trusted, doubt } = await ctx.store.look(wall)
  if (doubt !== null) return { hidden: 0, purged: 0, restored: 0, doubt, trusted }
  const work = new Work(ctx, now, wall === undefined ? {} : { at: now })
  await work.dropDrafts()
  const restored = await work.amend()
  const hidden = await work.hide()
  await work.announce()
  const purged = await work.purge()
  return { hidden, purged, restored, doubt: null, trusted }
}

/** Takes items for good, with the places they still have. */
export function purgeItems(tx: Tx, items: readonly Item[]): void {
  if (items.length === 0) return
  const places = groupPlaces(items.flatMap((item) => placesOf(tx, item)))
  const [groups = [], ...others] = boundGroups(places)
  // What one event cannot name leaves its folders first.
  for (const more of others) tx.append({ type: 'expunge', groups: more })
  tx.append({ type: 'purge', items: items.map(({ id }) => id), groups })
}

class Work {
  readonly #ctx: Context
  readonly #now: number
  readonly #options: WriteOptions
  readonly #turn = new Turn('upkeep')

  constructor(ctx: Context, now: number, at: { at?: number }) {
    this.#ctx = ctx
    this.#now = now
    this.#options = { actor: 'system', bulk: true, ...at }
  }

  /** Imports of lists that began more than a day ago: nobody goes on with them. */
  async dropDrafts(): Promise<void> {
    const before = this.#now - DAY
    await giveUp(this.#ctx, this.#options, draftsBefore(this.#ctx.store.views, before))
  }

  /** What a clock that was ahead has hidden comes back, and what it has dated counts from now. */
  async amend(): Promise<number> {
    const from = this.#now + AHEAD
    let restored = 0
    for (const stage of ['lies', 'expiring', 'deleted'] as const)
      restored += await this.#each(
        stage,
        () => ({ from, newest: true }),
        (tx, items) => {
          const hidden = items.filter((item) => item.deleted?.actor === 'system')
          for (const item of hidden) putBack(tx, item)
          const others = items.filter((item) => !hidden.includes(item))
          if (others.length > 0) tx.append({ type: 'redate', items: others.map(({ id }) => id) })
          return hidden.length
        },
      )
    return restored
  }

  async hide(): Promise<number> {
    let hidden = 0
    for (const stage of ['expiring', 'lies'] as const)
      hidden += await this.#each(
        stage,
        (scope) => this.#over(stage, scope),
        (tx, items) => {
          for (const groups of boundGroups(
            groupPlaces(items.flatMap((item) => placesOf(tx, item))),
          ))
            tx.append({ type: 'expunge', groups })
          return items.length
        },
      )
    return hidden
  }

  /** $Expiring says that two days are left; where the retention was prolonged it goes again. */
  async announce(): Promise<void> {
    const soon = (scope: Scope): number => this.#now + NOTICE - spanOf(this.#ctx, 'lies', scope) + 1
    await this.#each(
      'lies',
      (scope) => ({ to: soon(scope) }),
      (tx, items) => {
        setKeywords(tx, items, (words) => (isExpiring(words) ? words : [...words, EXPIRING]))
        return items.length
      },
    )
    await this.#each(
      'expiring',
      (scope) => ({ from: soon(scope), newest: true }),
      (tx, items) => {
        setKeywords(tx, items, withoutEnd)
        return items.length
      },
    )
  }

  async purge(): Promise<number> {
    let purged = 0
    for (const stage of ['deleted', 'sent'] as const)
      purged += await this.#each(
        stage,
        (scope) => this.#over(stage, scope),
        (tx, items) => {
          purgeItems(tx, items)
          return items.length
        },
      )
    return purged
  }

  #over(stage: Stage, scope: Scope): Omit<EndRange, 'limit'> {
    return { to: this.#now - spanOf(this.#ctx, stage, scope) + 1 }
  }

  /** Does `change` to all items of a stage within the range of their scope, some at a time; answers the sum. */
  async #each(
    stage: Stage,
    rangeOf: (scope: Scope) => Omit<EndRange, 'limit'>,
    change: (tx: Tx, items: Item[]) => number,
  ): Promise<number> {
    const { views } = this.#ctx.store
    let total = 0
    for (const scope of endingScopes(views, stage)) {
      const range = rangeOf(scope)
      for (let after: Ending | undefined; ;) {
        const some = endings(views, stage, scope, { ...range, after, limit: STEP })
        after = some.at(-1)
        if (!after) break
        // Mail on its way out stays until its outcome is known; behind it others may be over.
        const free = some.filter(({ id }) => !views.outbox.has(id))
        if (free.length > 0) total += await this.#change(stage, free, change)
        if (some.length < STEP) break
      }
      if (this.#turn.over) await this.#turn.rest()
    }
    return total
  }

  async #change(
    stage: Stage,
    some: readonly Ending[],
    change: (tx: Tx, items: Item[]) => number,
  ): Promise<number> {
    return await write(this.#ctx, this.#options, (tx) => {
      // Meanwhile somebody may have acted on one.
      const items = some.flatMap(({ id, since }) => {
        const item = getItem(tx.views, id)
        const same = item && item.since === since && stageOf(item) === stage
        return same && !tx.views.outbox.has(id) ? [item] : []
      })
      return items.length === 0 ? 0 : change(tx, items)
    })
  }
}

function setKeywords(
  tx: Tx,
  items: readonly Item[],
  change: (keywords: readonly string[]) => readonly string[],
): void {
  const groups = items.flatMap((item) =>
    placesOf(tx, item).map(({ place }) => {
      const { system, keywords } = flagsOf(tx, place)
      const flags = { system, keywords: change(keywords) }
      return { ...seenOf(item), folder: place.folder, uids: [place.uid], flags }
    }),
  )
  for (const some of boundGroups(groups)) tx.append({ type: 'flags', groups: some })
}
