import type { Label } from '../../mail.ts'
import { getItem, putItem } from '../items.ts'
import { applyLesson } from '../lessons.ts'
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
    applyLesson(tables, event)
    const item = event.item ? getItem(tables, event.item) : null
    if (item && item.trained !== event.vote) putItem(tables, { ...item, trained: event.vote })
  },
  changes: NONE,
  followed: 'model',
  blobs: NONE,
  gone: NONE,
  names: false,
}
