// Lessons of domains and addresses: the layer of their scope learns them in full, others hear a voice with a ceiling.
import { probability } from '../../filter/judge.ts'
import { BITS, FEATURE_VERSION, type Features } from '../../filter/kernel.ts'
import { hearing, layerLesson, slotsOf, type Ground } from '../../filter/layers/lesson.ts'
import { decodeChange, encodeChange, featuresIn, revoiced, rowsOf } from '../../layers/change.ts'
import type { Label, Scope } from '../../mail.ts'
import { sees } from '../../scope.ts'
import { getHead } from '../../store/layers.ts'
import type { Heard } from '../../store/events/lesson.ts'
import {
  EARLIER,
  getModel,
  lessonsBy,
  lessonsFor,
  lessonsOf,
  type Lesson,
  type Standing,
} from '../../store/lessons.ts'
import type { Tx } from '../../store/store.ts'
import { DAY } from '../../time.ts'
import { settingsFor } from '../settings.ts'
import { silencedBy } from './again.ts'
import { contradicts } from './alarm.ts'
import { alongOwn } from './own-rehearse.ts'
import { effectOnOthers, type Voice } from './effect.ts'
import { groundOf, heardAs } from './ground.ts'
import { featuresOf, saidBy, type Learning, type Taught } from './said.ts'

/** How sure everybody else's mail must be of the opposite for a lesson to be told as one against it. */
const SURE = 0.98

/** What the layers have for a message of somebody's. */
type LayerGround = Omit<Ground, 'everybody'>

/** Answers whether what the message counts as for this scope changed. */
export function sayOwn(
  ctx: Learning,
  tx: Tx,
  message: Taught,
  vote: Label | null,
  scope: Scope,
): boolean {
  const { old, mine, label } = saidBy(tx, message, vote, scope)
  if (mine === vote) return false
  const { blob, item } = message
  const event = { type: 'lesson' as const, blob, item, unlearn: null, learn: null, scope }
  if (label === (old?.label ?? null)) {
    tx.append({ ...event, vote, label })
    return false
  }
  if (old?.change) {
    tx.append({
      ...event,
      vote: label ? mine : vote,
      label: null,
      ...voiced(ctx, tx, scope, old, -1),
    })
    hearOthers(ctx, tx, scope, old)
  }
  if (label) learn(ctx, tx, message, { vote, label, scope })
  else if (!old?.change) tx.append({ ...event, vote, label })
  return true
}

function learn(
  ctx: Learning,
  tx: Tx,
  message: Taught,
  { vote, label, scope }: { vote: Label | null; label: Label; scope: Scope },
): void {
  const { blob, item } = message
  const { change, z, ground } = lessonOf(ctx, tx, scope, featuresOf(ctx, tx, message), label)
  const { views, place } = alongOwn(ctx, tx, scope, label, change)
  const learn = encodeChange({ ...change, views: [...change.views, ...views] })
  const standing = standingOf(ctx, tx, blob, { scope, label, change: learn, ground })
  const against = standing !== 'overruled' && isAgainst(tx, z, label)
  tx.append({
    type: 'lesson',
    blob,
    item,
    vote,
    label,
    unlearn: null,
    learn,
    scope,
    place,
    ...(standing !== 'heard' && { standing }),
    ...(against && { against: true as const, ...alarmed(tx, scope, label) }),
    ...voiced(ctx, tx, scope, { change: learn, standing }, 1, ground),
  })
}

function lessonOf(ctx: Learning, tx: Tx, scope: Scope, features: Features, label: Label) {
  const slots = slotsOf(features)
  const everybody = ctx.follower.model.draft().ground(slots)
  const ground = { ...groundOf(tx.views, scope, slots), everybody }
  const { change, z } = layerLesson(features, label, ground)
  return { change: { version: FEATURE_VERSION, bits: BITS, ...change }, z, ground }
}

/** A lesson is heard no more: near-copies of it that went unheard are said again. */
function hearOthers(ctx: Learning, tx: Tx, scope: Scope, gone: Lesson): void {
  if (gone.standing !== 'heard') return
  for (const { blob, label, change, votes, against } of silencedBy(tx.views, scope, gone)) {
    const last = votes.at(-1)
    if (!last || !label || !change) continue
    const [item, vote] = last
    const event = { type: 'lesson' as const, blob, item, vote, unlearn: null, scope }
    const again = { again: true as const, ...(against && { against: true as const }) }
    const old = { change, standing: 'heard' as const }
    tx.append({ ...event, ...again, label: null, learn: null, ...voiced(ctx, tx, scope, old, -1) })
    const is = decodeChange(change)
    const { change: loud, ground } = lessonOf(ctx, tx, scope, featuresIn(is), label)
    const learn = encodeChange(revoiced(is, loud))
    const heard = voiced(ctx, tx, scope, { ...old, change: learn }, 1, ground)
    tx.append({ ...event, ...again, label, learn, ...heard })
  }
}

/**
 * What others hear more or less by a lesson, for its event; heard at once by what is decided behind it. `ground`: that of the
 * lesson's message, where it was looked up just now.
 */
function voiced(
  ctx: Learning,
  tx: Tx,
  scope: Scope,
  { change, standing }: Pick<Lesson, 'change' | 'standing'>,
  sign: 1 | -1,
  ground?: LayerGround,
): Heard {
  if (standing !== 'heard' || !change) return {}
  const { slots, heard } = voiceOf(tx, scope, change, sign, ground)
  const { event, crowd } = heardAs(slots, heard)
  ctx.follower.model.draft().hear(crowd)
  return event
}

function voiceOf(
  tx: Tx,
  scope: Scope,
  change: Uint8Array,
  sign: 1 | -1,
  ground?: LayerGround,
): Voice {
  const { slots, columns } = rowsOf(decodeChange(change), { own: 0, voice: sign })
  // Slots that a lesson leaves as they are it does not name: as many are the same ones.
  const here = ground?.slots.length === slots.length ? ground : groundOf(tx.views, scope, slots)
  return { slots, heard: hearing(here, columns[2], columns[3]) }
}

/** How far a lesson counts that is given now. */
function standingOf(
  ctx: Learning,
  tx: Tx,
  blob: string,
  given: { scope: Scope; label: Label; change: Uint8Array | null; ground?: LayerGround },
): Standing {
  const { scope, label, change, ground } = given
  if (isOverruled(tx, blob, { scope, label })) return 'overruled'
  const { lessons_approval, lessons_per_day, lessons_effect } = settingsFor(ctx, tx.views, scope)
  if (lessons_approval && scope.includes('@')) return 'waiting'
  let today = 0
  for (const { at } of lessonsBy(tx.views, scope)) {
    if (at <= tx.at - DAY || today >= lessons_per_day) break
    today++
  }
  if (today >= lessons_per_day) return 'over'
  if (!change || lessons_effect === 100) return 'heard'
  const effect = effectOnOthers(ctx, tx, scope, voiceOf(tx, scope, change, 1, ground))
  return effect * 100 > lessons_effect ? 'waiting' : 'heard'
}

/** Whether somebody above says the opposite of this very message. */
function isOverruled(
  tx: Tx,
  blob: string,
  { scope, label }: { scope: Scope; label: Label | null },
): boolean {
  return lessonsOf(tx.views, blob).some(
    (one) =>
      one.scope !== EARLIER &&
      one.scope !== scope &&
      sees(one.scope, scope) &&
      one.label !== null &&
      one.label !== label,
  )
}

/** Brings a lesson to where it has to stand, after somebody else has said something of its message. */
export function restand(
  ctx: Learning,
  tx: Tx,
  blob: string,
  lesson: Lesson & { scope: Scope },
): void {
  const { scope, label, standing, change } = lesson
  if (scope === '' || scope === EARLIER || label === null) return
  const overruled = isOverruled(tx, blob, { scope, label })
  if (overruled && standing !== 'overruled') stand(ctx, tx, blob, lesson, 'overruled')
  if (!overruled && standing === 'overruled')
    stand(ctx, tx, blob, lesson, standingOf(ctx, tx, blob, { scope, label, change }))
}

export function stand(
  ctx: Learning,
  tx: Tx,
  blob: string,
  lesson: Lesson & { scope: Scope },
  standing: Standing,
): void {
  const { scope, change } = lesson
  const heard = lesson.standing === 'heard'
  const voice =
    heard === (standing === 'heard')
      ? {}
      : voiced(ctx, tx, scope, { change, standing: 'heard' }, heard ? -1 : 1)
  tx.append({ type: 'standing', blob, scope, standing, ...voice })
  if (standing !== 'heard') hearOthers(ctx, tx, scope, lesson)
}

/** Whether this lesson is the one that makes it too many. */
function alarmed(tx: Tx, scope: Scope, label: Label): { alarm?: true } {
  const head = getHead(tx.views, scope)
  const lessons = { ...head.lessons, [label]: head.lessons[label] + 1 }
  const next = { ...head, lessons, against: head.against + 1 }
  return contradicts(next) && !contradicts(head) ? { alarm: true } : {}
}

function isAgainst(tx: Tx, z: number, label: Label): boolean {
  const model = getModel(tx.views)
  const p = probability(z, { ...lessonsFor(model, null, null), prior: model.prior })
  return label === 'spam' ? p < 1 - SURE : p > SURE
}
