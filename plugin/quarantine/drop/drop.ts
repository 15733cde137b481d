// The verbs of a drop: MOVE, COPY and APPEND put items into folders, and the folder's meaning follows in
// the same transaction. However a client does it, it acts exactly once.
import { randomUUID } from 'node:crypto'
import { Refused } from '../../errors.ts'
import {
  FLAG,
  type FlagSet,
  type Item,
  type Label,
  type Login,
  type Place,
  type ReleaseState,
  type Scope,
} from '../../mail.ts'
import { seenOf } from '../../scope.ts'
import { getItem } from '../../store/items.ts'
import { countedUid } from '../../store/places.ts'
import { isOrdinary } from '../../store/folders.ts'
import type { Entering, EventBody } from '../../store/events/index.ts'
import type { Views } from '../../store/env.ts'
import type { Tx } from '../../store/store.ts'
import { turnOf } from '../../turns.ts'
import type { Context } from '../context.ts'
import { by, placedFor } from '../eyes.ts'
import { flagsOf } from '../folders/flags.ts'
import { homeOfItem, type Folder, type FolderId } from '../folders/folders.ts'
import { agreeing } from '../folders/junk-keywords.ts'
import { teachItem } from '../model/learn.ts'
import { meaningFor, type Meaning } from './meaning.ts'
import { makeKeywordRoom } from '../folders/unused-keywords.ts'
import { withoutEnd, withOutcome } from '../folders/outcome-keywords.ts'
import { thrownAway } from './store.ts'
import { FIRST, inSteps } from '../steps.ts'

/** UIDs before and after, in the same order: COPYUID (RFC 4315 §3). */
export interface Dropped {
  from: number[]
  to: number[]
  /** Why no more of them were moved; undefined: all were. */
  failed?: unknown
}

/** Hears of what was dropped, step by step, as soon as it is on disk. */
export type Hears = (dropped: Dropped) => void

/** A place, and what putting it elsewhere means. */
export interface Planned {
  place: Place
  item: Item
  means: Meaning
}

/**
 * Moves places of `from` to `to`. UIDs that are gone already are left out. Where one of them may not go there none
 * does; where something goes wrong later, each is moved or it is not (RFC 6851 §3.3), and the answer says which are.
 */
export async function move(
  ctx: Context,
  login: Login,
  from: Folder,
  uids: readonly number[],
  to: Folder,
  hears: Hears = () => undefined,
): Promise<Dropped> {
  const all: Dropped = { from: [], to: [] }
  await check(ctx, login, from, uids, to)
  try {
    await inSteps(
      ctx,
      by(login),
      uids,
      (tx, some) => {
        const planned = plan(ctx, tx.views, login, from, some, to)
        if (to.id === 'trash') for (const one of planned) thrownAway(ctx, tx, one, login.scope)
        return {
          from: planned.map(({ place }) => place.uid),
          to: planned.map((one) => shift(ctx, tx, one, to.id, login.scope)),
        }
      },
      (dropped) => {
        hears(dropped)
        add(all, dropped)
      },
    )
  } catch (error) {
    if (all.to.length === 0) throw error
    all.failed = error
  }
  return all
}

export function add(all: Dropped, { from, to }: Dropped): void {
  for (const uid of from) all.from.push(uid)
  for (const uid of to) all.to.push(uid)
}

/** Looked at between two looks at the clock. */
const LOOK = 200

/** Throws what would be refused, before anything is changed. A few are decided as one anyway. */
export async function check(
  ctx: Context,
  login: Login,
  from: Folder,
  uids: readonly number[],
  to: Folder,
): Promise<void> {
  // Folders have keywords of their own ($Junk), which make other sets of those that a message has.
  await makeKeywordRoom(ctx)
  if (uids.length <= FIRST) return
  const turn = turnOf(login)
  for (let at = 0; at < uids.length; at += LOOK) {
    plan(ctx, ctx.store.views, login, from, uids.slice(at, at + LOOK), to)
    await turn.rest()
  }
}

/** A place leaves its folder for another one, with the meaning of that. Answers its new UID. */
export function shift(
  ctx: Context,
  tx: Tx,
  { place, item, means }: Planned,
  to: FolderId,
  by: Scope,
): number {
  const there = place.folder === to ? null : uidIn(item, to)
  if (there !== null) {
    const groups = [{ ...seenOf(item), folder: place.folder, uids: [place.uid] }]
    tx.append({ type: 'expunge', groups })
    carryOut(ctx, tx, item.id, means, by)
    return there
  }
  const uid = appendEntry(tx, {
    type: 'move',
    uid: place.uid,
    ...seenOf(item),
    from: place.folder,
    folder: to,
    flags: flagsAfter(item, flagsOf(tx, place), means),
  })
  carryOut(ctx, tx, item.id, means, by)
  return uid
}

/** The UID that an item has in a folder, where it has one place at most; null: it does not lie there. */
export function uidIn({ places }: Item, folder: FolderId): number | null {
  // Among folders of the test switch a copy is a copy (RFC 9051 §6.4.7).
  if (isOrdinary(folder)) return null
  return places.find((key) => key[1] === folder)?.[0] ?? null
}

/**
 * One more place of an item, with the meaning of the folder. Answers its UID: the one it has there already, where it lies
 * in that folder.
 */
export function enter(
  ctx: Context,
  tx: Tx,
  item: Item,
  folder: FolderId,
  flags: FlagSet,
  means: Meaning,
  by: Scope,
): number {
  const uid =
    uidIn(item, folder) ??
    appendEntry(tx, {
      type: 'copy',
      item: item.id,
      ...seenOf(item),
      folder,
      flags: entered(junkAfter(flags, means)),
    })
  carryOut(ctx, tx, item.id, means, by)
  return uid
}

/** Appends an event that puts an item into a folder. Answers the UID it has there. */
export function appendEntry(tx: Tx, entry: Extract<EventBody, Entering>): number {
  const counted = countedUid(tx.views, entry.folder)
  const seq = tx.append({ ...entry, ...counted })
  return counted.newUid ?? seq
}

export function plan(
  ctx: Context,
  views: Views,
  login: Login,
  from: Folder,
  uids: readonly number[],
  to: Folder,
): Planned[] {
  const planned: Planned[] = []
  for (const uid of uids) {
    const placed = placedFor(views, login, from.id, uid)
    if (!placed) continue
    const { place, item } = placed
    // Among folders of the test switch a copy is a copy (RFC 9051 §6.4.7).
    const means: Meaning =
      from.ordinary && to.ordinary
        ? { does: 'file' }
        : meaningFor(item, from.id, to.id, ctx.config.folders)
    refuseWhatIsOver(item, from.id, means)
    planned.push({ place, item, means })
  }
  return planned
}

/** What is delivered stays delivered: asking for it again, or taking it back, is answered in words. */
export function refuseWhatIsOver(item: Item, from: FolderId, means: Meaning): void {
  const { release, trained } = item
  if (release?.state !== 'delivered') return
  const home = homeOfItem(item)
  const again = means.does === 'act' && means.release && from === home && means.label === trained
  // A lesson can still be taken back.
  const back = means.does === 'undo' && trained === null
  if (again || back)
    throw new Refused('conflict', `This message was delivered already: ${release.reply}`)
}

/** What a release had come to is no more to be seen once it was taken back; one that failed is not taken back. */
function flagsAfter({ release }: Item, flags: FlagSet, means: Meaning): FlagSet {
  const { system, keywords } = junkAfter(flags, means)
  const back = means.does === 'undo' && release?.state !== 'failed'
  return { system, keywords: withoutEnd(back ? withOutcome(keywords, null) : keywords) }
}

/** RFC 9051 §6.4.7 keeps flags, but a copy that is marked for deletion would vanish with its source. */
function entered({ system, keywords }: FlagSet): FlagSet {
  return { system: system & ~FLAG.deleted, keywords: withoutEnd(keywords) }
}

/** What a junk button said before is not to be seen where the drop says another thing. */
function junkAfter(flags: FlagSet, means: Meaning): FlagSet {
  if (means.does === 'act') return means.label ? agreeing(flags, means.label) : flags
  return means.does === 'undo' ? agreeing(flags, null) : flags
}

/** `by`: whose word it is that the message is spam, or is not. */
export function carryOut(ctx: Context, tx: Tx, id: number, means: Meaning, by: Scope): void {
  if (means.does === 'file' || means.does === 'refuse') return
  const act = means.does === 'act' ? means : { label: null, release: false }
  want(ctx, tx, id, act.label, act.release, by)
}

/** Brings an item to what its folder asks for. Asking for what is so already changes nothing. */
export function want(
  ctx: Context,
  tx: Tx,
  id: number,
  label: Label | null,
  release: boolean,
  by: Scope,
): void {
  const item = getItem(tx.views, id)
  if (!item) throw new Error(`item ${id} is not in the store`)
  teachItem(ctx, tx, item, label, by)
  const state = item.release?.state ?? null
  if (release && mayBegin(state))
    tx.append({
      type: 'release',
      item: id,
      state: 'wanted',
      token: randomUUID(),
      worker: '',
      reply: '',
    })
  if (!release && isOpen(state)) {
    if (state === 'sending')
      throw new Refused(
        'conflict',
        'This message is being delivered at this moment, so it cannot be taken back.',
      )
    tx.append({ type: 'release', item: id, state: 'cancelled', token: '', worker: '', reply: '' })
  }
}

/** A release can be asked for: there was none, or it came to nothing. */
export const mayBegin = (state: ReleaseState | null): boolean =>
  !isOpen(state) && state !== 'delivered'

export const isOpen = (state: ReleaseState | null): boolean => state !== null && !OVER.has(state)

const OVER: ReadonlySet<ReleaseState> = new Set(['delivered', 'failed', 'cancelled'])
