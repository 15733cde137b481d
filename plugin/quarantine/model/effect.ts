// What others would hear of a lesson, measured on a sample of the mail that was delivered to them: within the decision that gives the
// lesson, so it is bounded, reads what its transaction sees, and nothing of this process beyond the draft.
import { domainOf } from '../../address.ts'
import { judge, type Lessons } from '../../filter/judge.ts'
import type { Features } from '../../filter/kernel.ts'
import type { Hearing } from '../../filter/layers/lesson.ts'
import { shifted, type Score } from '../../filter/score.ts'
import type { Scope, VerdictClass } from '../../mail.ts'
import { sees } from '../../scope.ts'
import { getModel, lessonsFor } from '../../store/lessons.ts'
import type { Tx } from '../../store/store.ts'
import { settingsFor } from '../settings.ts'
import type { Learning } from './said.ts'

/** With fewer of others nothing is said: one of them would be several percent. */
const FEWEST = 20

/** What others hear more, by slot. */
export interface Voice {
  slots: Uint32Array
  heard: Hearing
}

/**
 * The share (0 to 1) of others' mail whose class would be another one; 0 where too little of it is known. Others judge by
 * everybody's layer, in the domain of an address with what its neighbours hear: as for somebody who has taught nothing.
 */
export function effectOnOthers(ctx: Learning, tx: Tx, by: Scope, { slots, heard }: Voice): number {
  if (!ctx.store) return 0
  const others = ctx.store.beside.delivered.sample().filter(({ scope }) => !sees(by, scope))
  if (others.length < FEWEST) return 0
  const model = getModel(tx.views)
  const lessons = { ...lessonsFor(model, null, null), prior: model.prior }
  const { unsure, spam } = settingsFor(ctx, tx.views, '')
  const classOf = (score: Score, of: Lessons): VerdictClass =>
    judge({ score, list: null, thresholds: { unsure, spam }, lessons: of }).class
  const draft = ctx.follower.model.draft()
  let moved = 0
  for (const one of others) {
    const change =
      by.includes('@') && domainOf(one.scope) === domainOf(by) ? heard.peers : heard.crowd
    const more = one.slots.map((view) => sumAt(view, slots, change))
    if (more.every((sum) => sum === 0)) continue
    const before = draft.scoreOf(one.slots as unknown as Features)
    if (classOf(before, lessons) !== classOf(shifted(before, more), lessons)) moved++
  }
  return moved / others.length
}

/** Sum of `values` of `slots` over those in `view`; both ascending. */
function sumAt(view: Uint32Array, slots: Uint32Array, values: Float64Array): number {
  let sum = 0
  let at = 0
  for (const slot of view) {
    while (at < slots.length && slots[at] < slot) at++
    if (slots[at] === slot) sum += values[at]
  }
  return sum
}
