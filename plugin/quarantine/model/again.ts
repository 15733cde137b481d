// Near-copies: what a lesson says that was said before goes unheard, since a voice is the strongest of what was said. Once the one that
// was heard is taken back, another of them has to be heard in its place.
import { decodeChange } from '../../layers/change.ts'
import type { Scope } from '../../mail.ts'
import type { Views } from '../../store/env.ts'
import { getLesson, lessonsSince, type Lesson } from '../../store/lessons.ts'

/** Of a scope's lessons behind the one that is gone so many are looked at: a decision reads no thousands. */
const LOOKED_AT = 100
/** A near-copy: of what is not said any more it would say more than this. */
const NEAR = 0.5

/** Lessons of the scope to be said again, one after the other, until what `gone` said is said. */
export function* silencedBy(
  views: Views,
  scope: Scope,
  gone: Pick<Lesson, 'seq' | 'label' | 'change'>,
): Generator<Lesson & { blob: string }> {
  if (!gone.change) return
  const lost = voicesOf(gone.change)
  for (const [slot, voice] of lost) if (voice === 0) lost.delete(slot)
  const near = lost.size * NEAR
  for (const { blob } of lessonsSince(views, scope, gone.seq, LOOKED_AT)) {
    if (lost.size <= near) return
    const one = getLesson(views, blob, scope)
    if (!one?.change || one.label !== gone.label || one.standing !== 'heard') continue
    const quiet = [...voicesOf(one.change)].filter(
      ([slot, voice]) => Math.abs(voice) < Math.abs(lost.get(slot) ?? 0),
    )
    if (quiet.length <= near) continue
    yield { ...one, blob }
    for (const [slot] of quiet) lost.delete(slot)
  }
}

/** By slot, what others hear of a lesson. */
function voicesOf(change: Uint8Array): Map<number, number> {
  const all = new Map<number, number>()
  for (const { slots, voices } of decodeChange(change).views)
    for (const [i, slot] of slots.entries()) all.set(slot, (all.get(slot) ?? 0) + voices[i])
  return all
}
