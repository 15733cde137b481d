// The fold: one event changes the views. Deterministic: no clock, no randomness, nothing read but the
// views and the event. A replay of the journal therefore makes the same views, byte for byte.
import type { FlagSet, Item, Place } from '../mail.ts'
import { encode } from './codec.ts'
import type { Tables } from './env.ts'
import { FOLLOWED, type Event, type EventBody } from './events.ts'
import { getItem, putItem, removeItem } from './items.ts'
import { internKeywords } from './keywords.ts'
import { applyLesson, applySnapshot } from './lessons.ts'
import { getPlace, putPlace, removePlace } from './places.ts'

type Fold<T extends EventBody['type']> = (
  tables: Tables,
  event: Extract<Event, { type: T }>,
  seq: number,
) => void

const FOLDS: { [T in EventBody['type']]: Fold<T> } = {
  create: (tables, { uidValidity, secret, at }) => {
    tables.meta.put('uidValidity', encode(uidValidity))
    tables.meta.put('secret', secret)
    tables.meta.put('created', encode(at))
  },

  deposit: (tables, event, seq) => {
    // A split item lies in no folder: it is only on its way.
    const places = event.folder === '' ? [] : [seq]
    const item: Item = { ...event.item, id: seq, trained: null, release: null, places }
    putItem(tables, item)
    if (event.folder !== '') enter(tables, item, event, seq)
  },

  copy: (tables, event, seq) => {
    const item = mustItem(tables, event.item)
    const next = { ...item, places: [...item.places, seq], due: event.due }
    putItem(tables, next)
    enter(tables, next, event, seq)
  },

  move: (tables, event, seq) => {
    const place = mustPlace(tables, event.uid)
    const item = mustItem(tables, place.item)
    const places = [...item.places.filter((uid) => uid !== place.uid), seq]
    const next = { ...item, places, due: event.due }
    removePlace(tables, item, place, seq)
    putItem(tables, next)
    enter(tables, next, event, seq)
  },

  flags: (tables, event, seq) => {
    for (const { uids, flags } of event.groups) {
      const keywords = internKeywords(tables, flags.keywords)
      for (const uid of uids) {
        const place = mustPlace(tables, uid)
        const item = mustItem(tables, place.item)
        putPlace(tables, item, { ...place, flags: flags.system, keywords, modseq: seq })
      }
    }
  },

  expunge: (tables, event, seq) => {
    for (const uid of event.groups.flatMap((group) => group.uids)) {
      const place = mustPlace(tables, uid)
      const item = mustItem(tables, place.item)
      removePlace(tables, item, place, seq)
      const places = item.places.filter((other) => other !== uid)
      putItem(tables, { ...item, places, due: places.length === 0 ? event.due : item.due })
    }
  },

  purge: (tables, event, seq) => {
    for (const id of event.items) {
      const item = mustItem(tables, id)
      for (const uid of item.places) removePlace(tables, item, mustPlace(tables, uid), seq)
      removeItem(tables, item)
      tables.outbox.remove(id)
    }
  },

  release: (tables, event) => {
    const item = mustItem(tables, event.item)
    const { state, at, token, worker, reply, actor } = event
    putItem(tables, { ...item, release: { state, at, token, worker, reply, actor } })
    // The outbox holds what still has to be handed over or has no final outcome yet.
    const open = state !== 'delivered' && state !== 'failed' && state !== 'cancelled'
    if (open) tables.outbox.put(item.id, encode({ state, token, worker }))
    else tables.outbox.remove(item.id)
  },

  lesson: (tables, event) => {
    applyLesson(tables, event)
    const item = event.item ? getItem(tables, event.item) : null
    if (item && item.trained !== event.vote) putItem(tables, { ...item, trained: event.vote })
  },

  snapshot: applySnapshot,

  account: (tables, { name, account }) => {
    if (account) tables.accounts.put(name, encode(account))
    else tables.accounts.remove(name)
  },

  setting: (tables, { scope, key, value }) => {
    if (value === null) tables.settings.remove([scope, key])
    else tables.settings.put([scope, key], encode(value))
  },

  masks: (tables, { scope, list, add, remove }) => {
    for (const mask of remove) tables.masks.remove([scope, list, mask])
    for (const mask of add) tables.masks.put([scope, list, mask], NOTHING)
  },

  mailbox: (tables, { id, name }) => {
    if (name === null) tables.mailboxes.remove(id)
    else tables.mailboxes.put(id, encode(name))
  },

  subscription: (tables, { account, name, subscribed }) => {
    tables.subscriptions.put([account, name], encode(subscribed))
  },
}

export function fold(tables: Tables, event: Event, seq: number): void {
  // A journal written by a later version may hold events that this one does not know.
  if (!Object.hasOwn(FOLDS, event.type))
    throw new Error(
      `journal entry ${seq}: unknown event '${event.type}'; use the version that wrote it`,
    )
  const apply = FOLDS[event.type] as Fold<EventBody['type']>
  apply(tables, event, seq)
  if (!FOLLOWED.has(event.type)) return
  tables.followed.put(seq, NOTHING)
  tables.meta.put('followed', encode(seq))
}

const NOTHING = Buffer.alloc(0)

/** A new place: its UID is the seq of the event. */
function enter(
  tables: Tables,
  item: Item,
  event: { at: number; folder: string; flags: FlagSet },
  seq: number,
): void {
  putPlace(tables, item, {
    uid: seq,
    item: item.id,
    folder: event.folder,
    flags: event.flags.system,
    keywords: internKeywords(tables, event.flags.keywords),
    modseq: seq,
    saved: event.at,
  })
}

function mustItem(tables: Tables, id: number): Item {
  const item = getItem(tables, id)
  if (!item) throw new Error(`item ${id} is not in the store`)
  return item
}

function mustPlace(tables: Tables, uid: number): Place {
  const place = getPlace(tables, uid)
  if (!place) throw new Error(`place ${uid} is not in the store`)
  return place
}
