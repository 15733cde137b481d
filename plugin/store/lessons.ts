// The view of the learned model: what each message counts as and the change it made, so that it can be
// taken back; and the snapshot that later lessons build on. The weights themselves live in the kernel.
import type { Label } from '../mail.ts'
import { decode, encode } from './codec.ts'
import type { Tables, Views } from './env.ts'
import type { Lesson as LessonEvent } from './events/lesson.ts'
import type { Snapshot } from './events/snapshot.ts'
import { addRef, dropRef } from './blobs.ts'
import { getItem, putItem } from './items.ts'

export interface Lesson {
  label: Label | null
  /** The change in the model, as filter/kernel.ts encoded it; null when it counts as nothing. */
  change: Uint8Array | null
  /** Who voted, latest last: [item, label]; item 0 is from outside the quarantine. */
  votes: [number, Label][]
}

export interface ModelState {
  /** Blob of the newest snapshot, `''` for none. */
  snapshot: string
  /** Seq up to which the snapshot holds every lesson. */
  upto: number
  /** Messages that count as ham and as spam now, apart from a prior. */
  ham: number
  spam: number
  /** A base model was imported: weights exist without local lessons. */
  prior: boolean
}

const NO_MODEL: ModelState = { snapshot: '', upto: 0, ham: 0, spam: 0, prior: false }

export function getLesson(views: Views, blob: string): Lesson | null {
  const bytes = views.lessons.get(blob)
  return bytes ? decode<Lesson>(bytes) : null
}

export function getModel(views: Views): ModelState {
  const bytes = views.model.get('state')
  return bytes ? decode<ModelState>(bytes) : NO_MODEL
}

export function applyLesson(tables: Tables, event: LessonEvent): void {
  const old = getLesson(tables, event.blob)
  const votes = (old?.votes ?? []).filter(([item]) => item !== event.item)
  if (event.vote) votes.push([event.item, event.vote])
  const change = event.learn ?? (event.unlearn ? null : (old?.change ?? null))
  if (votes.length === 0 && !change) tables.lessons.remove(event.blob)
  else tables.lessons.put(event.blob, encode({ label: event.label, change, votes }))

  const model = { ...getModel(tables) }
  const before = old?.label ?? null
  if (before !== event.label) {
    // Counters never go below zero, whatever an imported journal says.
    if (before) model[before] = Math.max(0, model[before] - 1)
    if (event.label) model[event.label] += 1
    tables.model.put('state', encode(model))
  }
}

export function applySnapshot(tables: Tables, event: Snapshot, seq: number): void {
  const old = getModel(tables)
  // First the new reference: both may name the same blob.
  if (event.blob) addRef(tables, event.blob)
  if (old.snapshot) dropRef(tables, old.snapshot)
  if (event.fresh) forget(tables)
  const { blob: snapshot, upto = seq, ham, spam, prior } = event
  tables.model.put('state', encode({ snapshot, upto, ham, spam, prior } satisfies ModelState))
}

/** No message counts as anything, and none of the weights owes it anything. */
function forget(tables: Tables): void {
  // Listed first: the loop removes what it would go on from.
  const all = Array.from(tables.lessons.keys({}))
  for (const key of all) {
    const { votes } = getLesson(tables, key as string) ?? { votes: [] }
    tables.lessons.remove(key)
    for (const [id] of votes) {
      const item = id === 0 ? null : getItem(tables, id)
      if (item) putItem(tables, { ...item, trained: null })
    }
  }
}
