// What a page's buttons do with an item: the same drops, named by the item instead of by folder and UID. What
// each of them means, and what is refused, stands in meaning.ts alone.
import { Refused } from '../../errors.ts'
import { FLAG, type FlagSet, type Item, type Login, type Scope } from '../../mail.ts'
import { seenOf } from '../../scope.ts'
import type { Views } from '../../store/env.ts'
import { stageOf } from '../../store/items.ts'
import type { Tx } from '../../store/store.ts'
import { write, type Context } from '../context.ts'
import { by, itemFor, type Placed } from '../eyes.ts'
import { homeOfItem, type FolderId } from '../folders/folders.ts'
import { groupPlaces, placesOf } from '../folders/expunge.ts'
import { flagsOf } from '../folders/flags.ts'
import { withOutcome } from '../folders/outcome-keywords.ts'
import { carryOut, enter, refuseWhatIsOver, shift } from './drop.ts'
import { meaningFor } from './meaning.ts'

/** The folder that a button drops into; null: the one in which the item was caught. */
const BUTTONS = {
  release: 'release',
  releaseAndTrain: 'release-train',
  notSpam: 'not-spam',
  spam: 'spam',
  undo: null,
} as const

export type Button = keyof typeof BUTTONS

/**
 * Drops an item, also one that was deleted. Pressed twice it changes nothing. Where copies lie in other folders
 * of the quarantine, they go: a button says where the item shall be. Answers the item as it is then.
 */
export async function press(ctx: Context, login: Login, id: number, button: Button): Promise<Item> {
  return await write(ctx, by(login), (tx) => pressIn(ctx, tx, login, id, button))
}

/** The same within a decision. */
export function pressIn(ctx: Context, tx: Tx, login: Login, id: number, button: Button): Item {
  const item = needItem(tx.views, login, id)
  dropInto(ctx, tx, item, BUTTONS[button] ?? homeOfItem(item), login.scope)
  return needItem(tx.views, login, id)
}

/** Puts an item into a folder, and nowhere else. */
export function dropInto(ctx: Context, tx: Tx, item: Item, to: FolderId, by: Scope): void {
  const all = placesOf(tx, item)
  const elsewhere = all.filter(({ place }) => place.folder !== to && !isPutAway(place.folder))
  const there = all.some(({ place }) => place.folder === to)
  if (there && elsewhere.length === 0) return
  const first = elsewhere.at(0) ?? all.at(0)
  const from = first ? (first.place.folder as FolderId) : null
  const means = meaningFor(item, from, to)
  if (from) refuseWhatIsOver(item, from, means)
  if (!first) void enter(ctx, tx, item, to, flagsOfDeleted(item), means, by)
  else if (there) carryOut(ctx, tx, item.id, means, by)
  else shift(ctx, tx, { ...kept(first), means }, to, by)
  expungeAll(tx, there ? elsewhere : elsewhere.slice(1))
}

/** Deletes an item from all its folders; it stays recoverable for main.grace_hours. */
export async function deleteItem(ctx: Context, login: Login, id: number): Promise<Item> {
  return await write(ctx, by(login), (tx) => deleteIn(tx, login, id))
}

export function deleteIn(tx: Tx, login: Login, id: number): Item {
  expungeAll(tx, placesOf(tx, needItem(tx.views, login, id)))
  return needItem(tx.views, login, id)
}

/** Sets or takes off \Seen wherever the item lies. */
export async function markSeen(
  ctx: Context,
  login: Login,
  id: number,
  seen: boolean,
): Promise<Item> {
  return await write(ctx, by(login), (tx) => seenIn(tx, login, id, seen))
}

export function seenIn(tx: Tx, login: Login, id: number, seen: boolean): Item {
  const groups = placesOf(tx, needItem(tx.views, login, id)).flatMap(({ place, item }) => {
    const { system, keywords } = flagsOf(tx, place)
    const flags = { system: seen ? system | FLAG.seen : system & ~FLAG.seen, keywords }
    const { folder, uid } = place
    return flags.system === system ? [] : [{ ...seenOf(item), folder, uids: [uid], flags }]
  })
  if (groups.length > 0) tx.append({ type: 'flags', groups })
  return needItem(tx.views, login, id)
}

export function needItem(views: Views, login: Login, id: number): Item {
  const item = itemFor(views, login, id)
  // What is only on its way lies nowhere and is nobody's to handle.
  if (!item || stageOf(item) === 'sent') throw new Refused('not-found', `There is no item ${id}.`)
  return item
}

/** Its flags went with its last place; how its release ended is told again. */
function flagsOfDeleted({ release }: Item): FlagSet {
  return { system: 0, keywords: withOutcome([], release && release.state) }
}

/** In Trash or in a folder of the test switch, which mean nothing. */
const isPutAway = (folder: string): boolean => folder === 'trash' || folder.startsWith('box-')

/** Whoever presses a button wants it, though a mail client may have marked it for deletion. */
const kept = ({ item, place }: Placed): Placed => ({
  item,
  place: { ...place, flags: place.flags & ~FLAG.deleted },
})

function expungeAll(tx: Tx, places: readonly Placed[]): void {
  if (places.length > 0) tx.append({ type: 'expunge', groups: groupPlaces(places) })
}
