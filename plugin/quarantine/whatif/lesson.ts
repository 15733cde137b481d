// What lessons would do: they are given within a decision that is taken back, and what they add to the weights is added to
// the scores of mail on hand. Delivered mail is known by its features, caught mail is read again, the latest of it.
import { Refused, unlessDamaged } from '../../errors.ts'
import { judge, type Lessons } from '../../filter/judge.ts'
import { SCORED_MAX, type Features } from '../../filter/kernel.ts'
import { slotsOf } from '../../filter/layers/lesson.ts'
import { scoreBy, type Score } from '../../filter/score.ts'
import { VIEWS } from '../../filter/views.ts'
import { domainOf } from '../../address.ts'
import type { Label, Login, Scope, VerdictClass } from '../../mail.ts'
import { blobName, blobOctets } from '../../store/blobs.ts'
import { getItem } from '../../store/items.ts'
import type { Slots } from '../../store/slots.ts'
import type { Tx } from '../../store/store.ts'
import { turnOf } from '../../turns.ts'
import { by, itemFor, needAll, ownScope } from '../eyes.ts'
import { write, type Context } from '../context.ts'
import { teach } from '../model/learn.ts'
import { featuresOf, type Taught } from '../model/said.ts'
import { knownSettings } from '../known.ts'
import { effectOf, type Moved, type WhatIf } from './effect.ts'
import { eachCaught, type Caught } from './on-hand.ts'

/** An item of the login's, or a message from outside (the super-admin's to teach), and what it is said to be. */
export type Wish = { label: Label } & (
  { item: number } | { raw: Uint8Array; signals?: readonly string[] }
)

/** Read again: a millisecond each. */
const CAUGHT_MAX = 300
const DELIVERED_MAX = 1000
/** Lessons of one question: a decision that others wait for. */
export const WISHES_MAX = 50

/** `of`: on whose mail; all that the login sees unless told. */
export async function ifTaught(
  ctx: Context,
  login: Login,
  wishes: readonly Wish[],
  of: Scope = login.scope,
): Promise<WhatIf> {
  const scope = ownScope(ctx, login, of, 'messages')
  if (wishes.length > WISHES_MAX)
    throw new Refused('limit', `Ask about ${WISHES_MAX} lessons at most at a time.`)
  const turn = turnOf(login)
  const change = await changeBy(ctx, login, wishes)
  const caught: Caught[] = []
  await eachCaught(ctx, scope, turn, CAUGHT_MAX, (one) => void caught.push(one))
  const moved: Moved[] = []
  const look = (one: Omit<Moved, 'before' | 'after'> & { scope: Scope }, slots: Slots): void => {
    const [before, after] = classesOf(ctx, change, one.scope, slots)
    if (before !== after) moved.push({ ...one, before, after })
  }
  for (const one of caught) {
    const slots = slotsOfItem(ctx, one.id)
    if (slots) look(one, slots)
    if (turn.over) await turn.give()
  }
  let delivered = 0
  for (const { slots, score, scope: to } of ctx.store.beside.delivered.of(scope, DELIVERED_MAX)) {
    delivered++
    look({ id: null, score, scope: to, label: null }, slots)
    if (turn.over) await turn.give()
  }
  return effectOf(ctx, login, { scope, seen: caught.length, delivered, moved })
}

/** What lessons add to the weights of some slots, by whose mail it is. */
interface Change {
  /** The teacher. */
  by: Scope
  all: Map<number, number>
  domain: Map<number, number>
  own: Map<number, number>
}

async function changeBy(ctx: Context, login: Login, wishes: readonly Wish[]): Promise<Change> {
  // Inside the decision nothing is remembered.
  ctx.follower.catchUp()
  const { model } = ctx.follower
  const { scope } = login
  const home = domainOf(scope)
  void model.state
  return await write(ctx, { ...by(login), dry: true }, (tx) => {
    const taught = wishes.map((wish) => ({ ...messageOf(tx, login, wish), label: wish.label }))
    const slots = slotsOf(merged(taught.map((one) => featuresOf(ctx, tx, one))))
    const weights = (of: Scope): Float64Array => {
      const all = model.draft().ground(slots).weight
      const layers = model.weightsAt(of, slots)
      return all.map((weight, i) => weight + layers[i])
    }
    const scopes = ['', home, scope]
    const before = scopes.map(weights)
    for (const { label, ...message } of taught) void teach(ctx, tx, message, label, scope)
    const after = scopes.map(weights)
    const [all, domain, own] = before.map((old, n) => difference(slots, old, after[n]))
    return { by: scope, all, domain, own }
  })
}

function messageOf({ views }: Tx, login: Login, wish: Wish): Taught {
  if ('raw' in wish) {
    needAll(login, 'train from files')
    const { raw, signals = [] } = wish
    return { blob: blobName(raw), item: 0, signals, raw }
  }
  const item = itemFor(views, login, wish.item)
  if (!item) throw new Refused('not-found', `There is no item ${wish.item}.`)
  return { blob: item.blob, item: item.id, signals: item.signals }
}

const merged = (all: readonly Features[]): Features =>
  VIEWS.map((view) => Uint32Array.from(all.flatMap((one) => [...one[view]]))) as Features

function difference(
  slots: Uint32Array,
  before: Float64Array,
  after: Float64Array,
): Map<number, number> {
  const changed = new Map<number, number>()
  for (const [i, slot] of slots.entries())
    if (after[i] !== before[i]) changed.set(slot, after[i] - before[i])
  return changed
}

function slotsOfItem(ctx: Context, id: number): Slots | null {
  const item = getItem(ctx.store.views, id)
  const raw = item && unlessDamaged(() => blobOctets(ctx.store.views, item.blob, 0, SCORED_MAX))
  return raw && item ? ctx.filter.kernel.features(raw, item.signals) : null
}

/** As it would be judged now, and behind the lessons. */
function classesOf(
  ctx: Context,
  change: Change,
  scope: Scope,
  slots: Slots,
): [VerdictClass, VerdictClass] {
  const added =
    scope === change.by
      ? change.own
      : domainOf(scope) === domainOf(change.by) && change.by !== ''
        ? change.domain
        : change.all
  const { model } = ctx.follower
  const { unsure, spam } = knownSettings(ctx, scope)
  const { lessons } = model.layersOf(scope)
  const sums = slots.map((view) => {
    const ascending = view.toSorted()
    const [ground, layers] = [
      ctx.filter.kernel.ground(ascending).weight,
      model.weightsAt(scope, ascending),
    ]
    return ground.reduce((sum, weight, i) => sum + weight + layers[i], 0)
  })
  const more = slots.map((view) => view.reduce((sum, slot) => sum + (added.get(slot) ?? 0), 0))
  const classBy = (totals: readonly number[]): VerdictClass =>
    classOf(
      scoreBy(
        slots.map((view) => view.length),
        totals,
      ),
      lessons,
      { unsure, spam },
    )
  const before = classBy(sums)
  return more.every((one) => one === 0)
    ? [before, before]
    : [before, classBy(sums.map((sum, view) => sum + more[view]))]
}

function classOf(
  score: Score,
  lessons: Lessons,
  thresholds: { unsure: number; spam: number },
): VerdictClass {
  return judge({ score, list: null, thresholds, lessons }).class
}
