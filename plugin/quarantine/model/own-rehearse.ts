// Rehearsal in the layer of a domain or an address (filter/rehearsal.ts): what is remembered are lessons of the scope, whose slots
// their changes name.
import type { Features, Label } from '../../filter/kernel.ts'
import { ownLesson, slotsOf, type Ground } from '../../filter/layers/lesson.ts'
import { sigmoid } from '../../filter/layers/step.ts'
import { draw, isDue, placeOf } from '../../filter/rehearsal.ts'
import {
  decodeChange,
  encodeChange,
  featuresIn,
  rowsOf,
  type LayerChange,
  type ViewChange,
} from '../../layers/change.ts'
import { BEGINNING, onward } from '../../layers/course.ts'
import { gather, type Sparse } from '../../layers/sparse.ts'
import type { Scope } from '../../mail.ts'
import { getHead } from '../../store/layers.ts'
import { getLesson, givenAt } from '../../store/lessons.ts'
import type { Tx } from '../../store/store.ts'
import { groundOf } from './ground.ts'
import type { Learning } from './said.ts'

/** What goes along with a lesson that is given now, and where it is remembered. */
export function alongOwn(
  ctx: Learning,
  tx: Tx,
  scope: Scope,
  label: Label,
  change: LayerChange,
): { views: ViewChange[]; place: number | null } {
  const head = getHead(tx.views, scope)
  const course = onward(head.course ?? BEGINNING, label)
  const place = placeOf(course)
  const lessons = { ...head.lessons }
  lessons[label]++
  if (!isDue(course, lessons)) return { views: [], place }
  const rows = rowsOf(decodeChange(encodeChange(change)), { own: 1, voice: 0 })
  const ground = (features: Features): Ground => groundAfter(ctx, tx, scope, features, rows)
  const remembered = (kind: Label, i: number): Features | null =>
    rememberedAt(tx, scope, kind, head.kept?.[kind][i])
  const probability = (one: Features): number => sigmoid(ownLesson(one, 'ham', ground(one)).z)
  const along = draw(course, remembered, probability)
  if (!along) return { views: [], place }
  const { views } = ownLesson(along.remembered, along.label, ground(along.remembered))
  return { views, place }
}

/** What the layers have once the rows are added to that of the scope. */
function groundAfter(
  ctx: Learning,
  tx: Tx,
  scope: Scope,
  features: Features,
  more: Sparse,
): Ground {
  const slots = slotsOf(features)
  const before = groundOf(tx.views, scope, slots)
  const { weight, sum } = before.address ?? before.domain
  const [voice, voiceSum] = [new Float64Array(slots.length), new Float64Array(slots.length)]
  gather(more, slots, [weight, sum, voice, voiceSum])
  return { ...before, everybody: ctx.follower.model.draft().ground(slots) }
}

/** Null: it was taken back, or says something else by now. */
function rememberedAt(tx: Tx, scope: Scope, kind: Label, seq?: number): Features | null {
  const blob = seq ? givenAt(tx.views, scope, seq) : null
  const lesson = blob === null ? null : getLesson(tx.views, blob, scope)
  if (!lesson?.change || lesson.label !== kind || lesson.standing === 'overruled') return null
  return featuresIn(decodeChange(lesson.change))
}
