// Lessons: which change of the model a vote of an item makes. Computed from what the message counts as
// and what it shall count as, so that a lesson given twice counts once and a drag back unlearns.
import type { Item, Label } from '../../mail.ts'
import { SCORED_MAX } from '../../filter/kernel.ts'
import { blobOctets } from '../../store/blobs.ts'
import { getLesson } from '../../store/lessons.ts'
import type { Event } from '../../store/events/index.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { wantReports } from '../report/want.ts'

type Lesson = Extract<Event, { type: 'lesson' }>

/** A message to learn from: a stored blob, or bytes from outside together with their hash. */
export interface Taught {
  blob: string
  /** Voting item; 0 from outside the quarantine. */
  item: number
  signals: readonly string[]
  raw?: Uint8Array
}

/** Records the vote and what follows from it. Answers whether what it counts as changed. */
export function teach(ctx: Context, tx: Tx, message: Taught, vote: Label | null): boolean {
  const old = getLesson(tx.views, message.blob)
  const votes = (old?.votes ?? []).filter(([item]) => item !== message.item)
  const mine = old?.votes.find(([item]) => item === message.item)?.[1] ?? null
  if (mine === vote) return false
  if (vote) votes.push([message.item, vote])
  // The latest standing vote decides: people correct themselves and each other.
  const label = votes.length > 0 ? votes[votes.length - 1][1] : null
  const before = old?.label ?? null
  const { blob, item } = message
  const append = (change: Pick<Lesson, 'vote' | 'label' | 'unlearn' | 'learn'>): void => {
    tx.append({ type: 'lesson', blob, item, ...change })
  }
  if (label === before) {
    append({ vote, label, unlearn: null, learn: null })
    return false
  }
  // The next lesson of this decision is computed on the weights with this one.
  const draft = ctx.follower.model.draft()
  // First take back, then learn: the new lesson is computed on the weights without the old one.
  if (old?.change) {
    append({ vote: label ? mine : vote, label: null, unlearn: old.change, learn: null })
    draft.apply(old.change, -1)
  }
  if (label) {
    const raw = message.raw ?? blobOctets(tx.views, blob, 0, SCORED_MAX)
    if (!raw) throw new Error(`blob ${blob} is missing from the store`)
    const features = ctx.follower.model.featuresOf(blob, raw, message.signals)
    const learn = features
      ? draft.lessonOf(features, label)
      : draft.lesson(raw, label, message.signals)
    append({ vote, label, unlearn: null, learn })
    draft.apply(learn, 1)
  } else if (!old?.change) {
    append({ vote, label, unlearn: null, learn: null })
  }
  return true
}

export function teachItem(ctx: Context, tx: Tx, item: Item, vote: Label | null): boolean {
  if (item.trained === vote) return false
  const changed = teach(ctx, tx, { blob: item.blob, item: item.id, signals: item.signals }, vote)
  wantReports(ctx, tx, item.id)
  return changed
}
