// What an event is made of, and what one kind of event has to say of itself.
import type { Change, FlagSet, Item, Place, PlaceKey, Seen } from '../../mail.ts'
import { seenOf } from '../../scope.ts'
import type { Tables, Views } from '../env.ts'
import { getItem, lying, putItem } from '../items.ts'
import { internKeywords, isExpiring, knownKeywords } from '../keywords.ts'
import { getPlace, putPlace } from '../places.ts'

/** Of the events as a journal carries them (format.ts). */
export const EVENT_VERSION = 3

/** Who does something: `actor` is an account, or `smtp`, `cli`, `system`. */
export interface Who {
  actor: string
  /** The account as which an administrator acts. */
  as?: string
  /** How they came (Login.via). */
  via?: string
}

/** The same, and nothing that is undefined. */
export function whoOf({ actor, as, via }: Who): Who {
  return { actor, ...(as !== undefined && { as }), ...(via !== undefined && { via }) }
}

/** Fields of every event. `at`: Unix time in ms. */
export interface Stamp extends Who {
  v: typeof EVENT_VERSION
  /** Never less than that of the entry before. */
  at: number
  /** What the time was, where it was less: the entry before is of a clock that was ahead. */
  clock?: number
}

/** The stamp alone. */
export function stampOf(stamped: Stamp): Stamp {
  const { v, at, clock } = stamped
  return { v, at, ...whoOf(stamped), ...(clock !== undefined && { clock }) }
}

/** When it was, as far as is known: what the views keep. */
export function timeOf({ at, clock }: Pick<Stamp, 'at' | 'clock'>): number {
  return clock ?? at
}

/** All that the store has to know of one kind of event. Each says everything: nothing is the default. */
export interface Kind<Body> {
  /** Changes the views. No clock, no randomness, nothing read but the views and the event. */
  fold(tables: Tables, event: Stamp & Body, seq: number): void
  /** What it changes in which folder. Follows from the event and the interned keyword sets, at any time. */
  changes(views: Views, event: Body, seq: number): FolderChange[]
  /** What every process has to hear of. These are few among many arrivals, so they have an index of their own. */
  followed: Topic | null
  /** Blobs that must be at hand before it is folded. */
  blobs(event: Body): string[]
  /** Items that are no more once it is folded: what is kept beside the views for them goes too. */
  gone(event: Body): number[]
  /** Whether it changes the names of folders or subscriptions. */
  names: boolean
}

/** What processes follow: whoever follows one does not read the events of the others. `settings`: also whose mail it is. */
export const TOPICS = ['model', 'lists', 'settings', 'outbox'] as const
export type Topic = (typeof TOPICS)[number]

/** A change of `folder` for everybody who sees items of `scope`. */
export interface FolderChange extends Seen {
  folder: string
  change: Change
}

/** For kinds that change no folder, name no blob, end no item. */
export const NONE = (): never[] => []

/** Places of one folder and one item scope: tells whose folders an event changes without a look-up. */
export interface PlaceGroup extends Seen {
  folder: string
  uids: number[]
}

/** An item enters `folder` with `flags`. */
export interface Entering {
  folder: string
  flags: FlagSet
  /** UID of its new place: given where the folder counts its own, else the seq of the event. */
  newUid?: number
}

/** The place that an event of seq `seq` makes. */
export function placeKey({ newUid, folder }: Entering, seq: number): PlaceKey {
  return [newUid ?? seq, folder]
}

/** Puts an item into the folder that it enters. */
export function enter(tables: Tables, item: Item, event: Entering & Stamp, seq: number): void {
  const [uid, folder] = placeKey(event, seq)
  putPlace(tables, item, {
    uid,
    item: item.id,
    folder,
    flags: event.flags.system,
    keywords: internKeywords(tables, event.flags.keywords),
    modseq: seq,
    saved: timeOf(event),
  })
}

export function added(views: Views, seen: Seen, event: Entering, seq: number): FolderChange {
  const [uid, folder] = placeKey(event, seq)
  const { system: flags, keywords } = event.flags
  const change = { kind: 'add', seq, uid, flags, keywords: knownKeywords(views, keywords) } as const
  return { ...seenOf(seen), folder, change }
}

export function vanished(groups: readonly PlaceGroup[], seq: number): FolderChange[] {
  return groups.flatMap((group) =>
    group.uids.map((uid) => ({
      ...seenOf(group),
      folder: group.folder,
      change: { kind: 'gone' as const, seq, uid },
    })),
  )
}

export function mustItem(views: Views, id: number): Item {
  const item = getItem(views, id)
  if (!item) throw new Error(`item ${id} is not in the store`)
  return item
}

export function mustPlace(views: Views, key: PlaceKey): Place {
  const place = getPlace(views, key)
  if (!place) throw new Error(`place ${key.join(' in ')} is not in the store`)
  return place
}

export function withoutPlace(item: Item, gone: Place): PlaceKey[] {
  return item.places.filter(([uid, folder]) => uid !== gone.uid || folder !== gone.folder)
}

/** Puts an item that enters one more place, in front of which `others` are left. */
export function putEntering(
  tables: Tables,
  item: Item,
  others: readonly PlaceKey[],
  event: Entering & Stamp,
  seq: number,
): Item {
  const places = [...others, placeKey(event, seq)]
  const next = lying(item, places, timeOf(event), isExpiring(event.flags.keywords))
  putItem(tables, next)
  return next
}
