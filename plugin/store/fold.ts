// The fold: one event changes the views. Deterministic: no clock, no randomness, nothing read but the
// views and the event. A replay of the journal therefore makes the same views, byte for byte.
import type { Item, Place, PlaceKey } from '../mail.ts'
import { encode, NOTHING } from './codec.ts'
import type { Tables } from './env.ts'
import { FOLLOWED, type Entry, type Event, type EventBody } from './events.ts'
import { getItem, putItem, removeItem } from './items.ts'
import { internKeywords } from './keywords.ts'
import { applyLesson, applySnapshot } from './lessons.ts'
import { mailboxValidity, type MailboxRecord } from './mailboxes.ts'
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
    const places = event.folder === '' ? [] : [keyOf(event, seq)]
    const item: Item = { ...event.item, id: seq, trained: null, release: null, places }
    putItem(tables, item)
    if (event.folder !== '') enter(tables, item, event, seq)
  },

  copy: (tables, event, seq) => {
    const item = mustItem(tables, event.item)
    const next = { ...item, places: [...item.places, keyOf(event, seq)], due: event.due }
    putItem(tables, next)
    enter(tables, next, event, seq)
  },

  move: (tables, event, seq) => {
    const place = mustPlace(tables, [event.uid, event.from])
    const item = mustItem(tables, place.item)
    const places = [...without(item.places, place), keyOf(event, seq)]
    const next = { ...item, places, due: event.due }
    removePlace(tables, item, place, seq)
    putItem(tables, next)
    enter(tables, next, event, seq)
  },

  flags: (tables, event, seq) => {
    for (const { folder, uids, flags } of event.groups) {
      const keywords = internKeywords(tables, flags.keywords)
      for (const uid of uids) {
        const place = mustPlace(tables, [uid, folder])
        const item = mustItem(tables, place.item)
        putPlace(tables, item, { ...place, flags: flags.system, keywords, modseq: seq })
      }
    }
  },

  expunge: (tables, event, seq) => {
    for (const { folder, uids } of event.groups)
      for (const uid of uids) {
        const place = mustPlace(tables, [uid, folder])
        const item = mustItem(tables, place.item)
        removePlace(tables, item, place, seq)
        const places = without(item.places, place)
        putItem(tables, { ...item, places, due: places.length === 0 ? event.due : item.due })
      }
  },

  purge: (tables, event, seq) => {
    for (const id of event.items) {
      const item = mustItem(tables, id)
      for (const key of item.places) removePlace(tables, item, mustPlace(tables, key), seq)
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

  mailbox: (tables, { id, name, uidValidity }) => {
    if (name === null) tables.mailboxes.remove(id)
    else tables.mailboxes.put(id, encode({ name, uidValidity } satisfies MailboxRecord))
    // What a deleted mailbox had is not given again (RFC 9051 §2.3.1.1).
    tables.meta.put('mailboxValidity', encode(Math.max(uidValidity, mailboxValidity(tables))))
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

function enter(tables: Tables, item: Item, event: Entry & { at: number }, seq: number): void {
  const [uid, folder] = keyOf(event, seq)
  putPlace(tables, item, {
    uid,
    item: item.id,
    folder,
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

function mustPlace(tables: Tables, key: PlaceKey): Place {
  const place = getPlace(tables, key)
  if (!place) throw new Error(`place ${key.join(' in ')} is not in the store`)
  return place
}

function keyOf({ newUid, folder }: Entry, seq: number): PlaceKey {
  return [newUid ?? seq, folder]
}

function without(places: readonly PlaceKey[], gone: Place): PlaceKey[] {
  return places.filter(([uid, folder]) => uid !== gone.uid || folder !== gone.folder)
}
