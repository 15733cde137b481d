import type { Label } from '../../mail.ts'
import { encode } from '../codec.ts'
import type { Tables } from '../env.ts'
import { getItem, putItem } from '../items.ts'
import { getLesson, getModel } from '../lessons.ts'
import { NONE, type Kind } from './kind.ts'

/**
 * The vote of one item about its message, and what it changes in the model: `unlearn` takes an
 * earlier lesson's change back, `learn` adds one. Both as encoded by filter/kernel.ts; null where
 * the vote changes nothing. `label` is what the message counts as from now on.
 */
export interface Lesson {
  type: 'lesson'
  blob: string
  /** Voting item, or 0 for a lesson from outside the quarantine (CLI, base training). */
  item: number
  vote: Label | null
  label: Label | null
  unlearn: Uint8Array | null
  learn: Uint8Array | null
}

export const lesson: Kind<Lesson> = {
  fold: (tables, event) => {
    count(tables, event)
    const item = event.item ? getItem(tables, event.item) : null
    if (item && item.trained !== event.vote) putItem(tables, { ...item, trained: event.vote })
  },
  changes: NONE,
  followed: 'model',
  blobs: NONE,
  gone: NONE,
  names: false,
}

/** What the message counts as from now on, and the change in the model that it made. */
function count(tables: Tables, event: Lesson): void {
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
