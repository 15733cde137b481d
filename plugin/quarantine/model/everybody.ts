// Lessons of the super-admin: everybody's layer learns them in full.
import type { Label } from '../../mail.ts'
import { EARLIER } from '../../store/lessons.ts'
import type { Event } from '../../store/events/index.ts'
import type { Tx } from '../../store/store.ts'
import { rehearsed } from './rehearse.ts'
import { featuresOf, saidBy, type Learning, type Taught } from './said.ts'

type Lesson = Extract<Event, { type: 'lesson' }>

/** Answers whether what the message counts as here changed. */
export function sayEverybody(
  ctx: Learning,
  tx: Tx,
  message: Taught,
  vote: Label | null,
  scope: '' | typeof EARLIER,
): boolean {
  const { old, mine, label } = saidBy(tx, message, vote, scope)
  if (mine === vote) return false
  const { blob, item } = message
  const append = (change: Pick<Lesson, 'vote' | 'label' | 'unlearn' | 'learn' | 'kept'>): void => {
    tx.append({ type: 'lesson', blob, item, ...change, ...(scope === '' && { scope }) })
  }
  if (label === (old?.label ?? null)) {
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
    const features = featuresOf(ctx, tx, message)
    append({ vote, label, unlearn: null, ...rehearsed(ctx, tx, features, label) })
  } else if (!old?.change) {
    append({ vote, label, unlearn: null, learn: null })
  }
  return true
}
