// The first items of a list that are what was asked for: it is read from its beginning, and no further than needed.
import { getItem } from '../../store/items.ts'
import { getPlace } from '../../store/places.ts'
import type { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import type { FolderId } from '../folders/folders.ts'
import type { Candidate } from './candidates.ts'
import type { Position } from './cursor.ts'
import type { Gists } from './gists.ts'
import type { Matches } from './match.ts'

/** Looked at between two looks at the clock. */
const LOOK = 64

export interface Listing {
  ctx: Context
  gists: Gists
  /** The list behind a position; read anew after each turn of others. */
  from: (after: Position | null) => Iterable<Candidate>
  /** Those that are looked into. */
  folders: readonly FolderId[]
  after: Position | null
  matches: Matches
  /** How many. */
  count: number
  turn: Turn
}

export async function firstOf(listing: Listing): Promise<Candidate[]> {
  const { gists, from, count, matches, turn } = listing
  const found: Candidate[] = []
  for (let at = listing.after; ;) {
    let looked = 0
    let ended = true
    let missing: number | null = null
    // Nothing is waited for in here: what is read is of one moment.
    for (const one of from(at)) {
      const asked = one.item ?? one.uid
      let gist = gists.now(asked)
      let i = gist?.indexOf(asked) ?? -1
      missing = gist ? null : asked
      if (gist && i < 0 && one.item === null) {
        // In the quarantine an item and its first place come from one event: the UID is the item's id. This one has moved.
        const id = placed(listing, one)
        gist = id === null ? null : gists.now(id)
        i = id === null ? -1 : (gist?.indexOf(id) ?? -1)
        missing = gist ? null : id
      }
      ended = missing === null && (++looked % LOOK > 0 || !turn.over)
      if (!ended) break
      if (gist && i >= 0 && matches(gist, i) && isItsPlace(listing, one, gist.ids[i]))
        found.push({ ...one, item: gist.ids[i] })
      at = one
      if (found.length === count) return found
    }
    if (ended) return found
    if (missing !== null) await gists.ready(missing)
    await turn.give()
  }
}

function placed({ ctx }: Listing, { folder, uid }: Candidate): number | null {
  return folder === null ? null : (getPlace(ctx.store.views, [uid, folder])?.item ?? null)
}

/** An item that lies in several of the folders is shown once, where it came last. */
function isItsPlace({ ctx, folders }: Listing, { folder, uid }: Candidate, id: number): boolean {
  if (folder === null) return true
  const item = getItem(ctx.store.views, id)
  const uids = item?.places.filter(([, where]) => folders.includes(where as FolderId)) ?? []
  return uid === Math.max(...uids.map(([one]) => one))
}
