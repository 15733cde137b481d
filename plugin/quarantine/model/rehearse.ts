// A lesson of everybody's layer, with what is rehearsed along (filter/rehearsal.ts): one change, so that both are taken back.
import type { Features, Label } from '../../filter/kernel.ts'
import { joined } from '../../filter/lesson.ts'
import { draw, isDue, placeOf } from '../../filter/rehearsal.ts'
import { decodeSlots, encodeSlots, onward } from '../../layers/course.ts'
import { getModel } from '../../store/lessons.ts'
import { getCourse, rememberedAt } from '../../store/rehearsed.ts'
import type { Lesson } from '../../store/events/lesson.ts'
import type { Tx } from '../../store/store.ts'
import type { Learning } from './said.ts'

/** Learns it in the draft; what of it stands in the event. */
export function rehearsed(
  ctx: Learning,
  tx: Tx,
  features: Features,
  label: Label,
): Pick<Lesson, 'learn' | 'kept'> {
  const draft = ctx.follower.model.draft()
  const course = onward(getCourse(tx.views), label)
  const place = placeOf(course)
  const kept = place === null ? {} : { kept: { place, slots: encodeSlots(features) } }
  const learn = draft.lessonOf(features, label)
  draft.apply(learn, 1)
  const { ham, spam } = getModel(tx.views)
  const lessons = { ham, spam }
  lessons[label]++
  if (!isDue(course, lessons)) return { learn, ...kept }
  const at = (kind: Label, i: number): Features | null => {
    const slots = rememberedAt(tx.views, kind, i)
    return slots ? decodeSlots(slots) : null
  }
  const along = draw(course, at, (one) => draft.scoreOf(one).p)
  if (!along) return { learn, ...kept }
  const second = draft.lessonOf(along.remembered, along.label)
  draft.apply(second, 1)
  return { learn: joined(learn, second), ...kept }
}
