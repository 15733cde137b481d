// The first items of folders in an order by a key, from a place in that order on: one look at every gist of them, and no more
// items in memory than are asked for.
import type { Scope } from '../../mail.ts'
import { gistOf } from '../../store/beside.ts'
import { getItem } from '../../store/items.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { readRow, readUids } from '../../store/rows.ts'
import type { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import { endOf, spanOf } from '../ends.ts'
import { folders, type FolderId } from '../folders/folders.ts'
import type { Candidate } from './candidates.ts'
import { comparePositions, LAST, type Key, type KeyOrder, type Position } from './cursor.ts'
import { TEXT, type Gist } from './gist.ts'
import type { Gists } from './gists.ts'
import type { Matches } from './match.ts'

export interface Asked {
  ctx: Context
  gists: Gists
  scope: Scope
  folders: readonly FolderId[]
  order: KeyOrder
  after: Position | null
  matches: Matches
  /** How many. */
  count: number
  turn: Turn
}

/** Where an item lies that has moved: in which of the folders asked for it came last; UID 0: in none of them. */
interface Moved {
  uid: number
  folder: FolderId
}

export async function bestOf(asked: Asked): Promise<Candidate[]> {
  const { ctx, scope, folders: among } = asked
  const moved = new Map<number, Moved>()
  const first = await pass(asked, moved, new Map())
  // Few items lie in two places: that they do was known only behind this look, and by then others may have gone for them.
  const copied = new Map(
    [...moved].filter(([id]) =>
      among.some((folder) => readRow(ctx.store.views, scope, folder, id)),
    ),
  )
  const best = copied.size === 0 ? first : await pass(asked, new Map(), copied)
  await offerMoved(asked, best, moved)
  return best.all
}

/** One look at all: finds what has `moved`, and offers the others, but for those of `copied` that came elsewhere later. */
async function pass(
  asked: Asked,
  moved: Map<number, Moved>,
  copied: ReadonlyMap<number, Moved>,
): Promise<Best> {
  const { ctx, gists, folders: among, order, turn } = asked
  const best = new Best(asked)
  // By a copy elsewhere an item has another end, too.
  const others =
    order === 'expires'
      ? folders(ctx.config, ctx.store.uidValidity).flatMap(({ id }) =>
          among.includes(id) ? [] : id,
        )
      : []
  for (const folder of [...among, ...others]) {
    const isAsked = among.includes(folder)
    const uids = uidsIn(ctx, asked.scope, folder)
    for (let at = 0; at < uids.length;) {
      const gist = gists.now(uids[at]) ?? (await gists.ready(uids[at]))
      const { ids } = gist
      const keys = isAsked ? best.keys(gist) : null
      const number = gistOf(uids[at])
      for (let i = 0; at < uids.length && gistOf(uids[at]) === number; at++) {
        const uid = uids[at]
        while (ids[i] < uid) i++
        if (ids[i] !== uid) note(ctx, moved, uid, folder, isAsked)
        // Most come behind those that there are: a look at a number each.
        else if (isAsked && !(keys !== null && keys[i] > best.bound)) {
          const to = copied.get(uid)
          // An item that lies in several of the folders is shown once, where it came last.
          if (!to || to.uid === 0) best.offer(gist, i, uid, folder, to !== undefined)
        }
      }
      if (turn.over) await turn.give()
    }
  }
  return best
}

function note(
  { store: { views } }: Context,
  moved: Map<number, Moved>,
  uid: number,
  folder: FolderId,
  isAsked: boolean,
): void {
  const item = getPlace(views, [uid, folder])?.item
  if (item === undefined) return
  const old = moved.get(item)
  const here = isAsked ? uid : 0
  if (!old || old.uid < here) moved.set(item, { uid: here, folder })
}

async function offerMoved(
  { gists, turn }: Asked,
  best: Best,
  moved: ReadonlyMap<number, Moved>,
): Promise<void> {
  // In the order of their gists.
  for (const [id, { uid, folder }] of [...moved].sort(([a], [b]) => a - b)) {
    if (uid === 0) continue
    const gist = gists.now(id) ?? (await gists.ready(id))
    const i = gist.indexOf(id)
    if (i >= 0) best.offer(gist, i, uid, folder, true)
    if (turn.over) await turn.give()
  }
}

function uidsIn(ctx: Context, scope: Scope, folder: FolderId): Uint32Array {
  const { views } = ctx.store
  return readUids(views, scope, folder, folderStatus(views, scope, folder).messages)
}

class Best {
  /** In their order, no more than were asked for. */
  readonly all: Candidate[] = []
  /** No larger key, of those that are numbers, comes among them. */
  bound = Infinity
  readonly #asked: Asked
  readonly #spans = new Map<Scope, number>()

  constructor(asked: Asked) {
    this.#asked = asked
  }

  /** By what the items of a gist are ordered, NaN for LAST; null: by texts. */
  keys(gist: Gist): Float64Array | null {
    const { order } = this.#asked
    if (order === 'wanted') return gist.scores
    if (order === 'sender') return null
    const spans = gist.scopes.map((scope) => this.#span(scope))
    return gist.sinces.map((since, i) => (since === 0 ? NaN : since + spans[gist.scopeOf[i]]))
  }

  offer(gist: Gist, i: number, uid: number, folder: FolderId, moved: boolean): void {
    const { ctx, order, after, matches } = this.#asked
    let key = this.#key(gist, i)
    // The end of what moved is later than its first one.
    if (order === 'expires' && moved) {
      if (this.#isBehind({ key, uid: Infinity })) return
      const item = getItem(ctx.store.views, gist.ids[i])
      if (!item) return
      key = endOf(ctx, item) || LAST
    }
    const one = { key, uid }
    if (after && comparePositions(one, after) <= 0) return
    if (this.#isBehind(one) || !matches(gist, i)) return
    this.#insert({ ...one, folder, item: gist.ids[i] })
  }

  #key(gist: Gist, i: number): Key {
    const { order } = this.#asked
    if (order === 'sender') return gist.text(i, TEXT.sort)
    if (order === 'wanted') return Number.isNaN(gist.scores[i]) ? LAST : gist.scores[i]
    const since = gist.sinces[i]
    return since === 0 ? LAST : since + this.#span(gist.scopes[gist.scopeOf[i]])
  }

  #span(scope: Scope): number {
    let span = this.#spans.get(scope)
    if (span === undefined) this.#spans.set(scope, (span = spanOf(this.#asked.ctx, 'lies', scope)))
    return span
  }

  #isBehind(one: Position): boolean {
    const { all } = this
    return all.length === this.#asked.count && comparePositions(one, all[all.length - 1]) > 0
  }

  #insert(one: Candidate): void {
    const { all } = this
    let low = 0
    let high = all.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (comparePositions(all[middle], one) < 0) low = middle + 1
      else high = middle
    }
    all.splice(low, 0, one)
    if (all.length > this.#asked.count) all.pop()
    const last = all[all.length - 1].key
    if (all.length === this.#asked.count && typeof last === 'number') this.bound = last
  }
}
