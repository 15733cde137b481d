// A model of other features than this version reads cannot be used: weights of one version say nothing about
// the words of another. What was learned is learned anew from the messages that are still here; what is not is
// counted as lost, and not as known.
import { unlessDamaged } from '../../errors.ts'
import { Draft } from '../../filter/draft.ts'
import { FEATURE_VERSION, Kernel, SCORED_MAX, featuresOf } from '../../filter/kernel.ts'
import type { Scope } from '../../mail.ts'
import { blobOctets } from '../../store/blobs.ts'
import type { Views } from '../../store/env.ts'
import { getItem } from '../../store/items.ts'
import {
  allLessons,
  decides,
  EARLIER,
  getLesson,
  getModel,
  lessonsOf,
  type Lesson,
} from '../../store/lessons.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { sayEverybody } from './everybody.ts'
import { teach } from './learn.ts'
import { stand } from './own.ts'
import type { Learning } from './said.ts'

type Store = Context['store']

export interface Relearned {
  /** Version of the features that the model was of. */
  from: number
  /** Messages that count again. */
  learned: number
  /** Those that do not any more. */
  lost: number
}

/**
 * At start, before the model is used. `base`: what a model begins with that has a prior. Null: there was
 * nothing to do.
 */
export function relearn(
  { store, config }: Context,
  base: () => Uint8Array | null,
): Relearned | null {
  if (isCurrent(store)) return null
  return store.writeSync({ actor: 'system' }, (tx) => {
    const from = modelFeatures(store)
    // Another process may have been first.
    if (from === null || from === FEATURE_VERSION) return null
    const { ham, spam, prior } = getModel(tx.views)
    const here = [...allLessons(tx.views)]
      .filter(({ blob, label }) => label !== null && rawOf(tx.views, blob))
      .toSorted(byArrival)
    const lost = { ham, spam, at: tx.at }
    const blobs = new Set(here.map(({ blob }) => blob))
    for (const blob of blobs) {
      const label = decides(lessonsOf(tx.views, blob))?.label
      if (label) lost[label]--
    }
    const kernel = new Kernel({ layers: 1 })
    const basis = prior ? base() : null
    if (basis) kernel.load(basis)
    tx.append({
      type: 'snapshot',
      blob: basis ? tx.blob(basis) : '',
      ham: 0,
      spam: 0,
      prior: basis !== null,
      fresh: true,
      ...(lost.ham + lost.spam > 0 && { lost }),
    })
    const draft = new Draft(kernel)
    const model = { draft: () => draft, featuresOf: () => null }
    for (const one of here) learnAgain({ config, follower: { model } }, tx, one)
    return { from, learned: blobs.size, lost: lost.ham + lost.spam }
  })
}

/** Null where the message is gone, or damaged on disk. */
const rawOf = (views: Views, blob: string): Buffer | null =>
  unlessDamaged(() => blobOctets(views, blob, 0, SCORED_MAX))

type Known = Lesson & { blob: string; scope: Scope }

function learnAgain(learning: Learning, tx: Tx, { blob, scope, votes, standing }: Known): void {
  const raw = rawOf(tx.views, blob)
  if (!raw) return
  const voter = votes.map(([item]) => getItem(tx.views, item)).find((item) => item !== null)
  for (const [i, [item, vote]] of votes.entries()) {
    const message = { blob, item, signals: voter?.signals ?? [], raw }
    // The last one decides; before it, the message counts as nothing yet.
    if (i < votes.length - 1) {
      const nothing = { label: null, unlearn: null, learn: null }
      const by = scope === EARLIER ? {} : { scope }
      tx.append({ type: 'lesson', blob, item, vote, ...nothing, ...by })
    } else if (scope === EARLIER) sayEverybody(learning, tx, message, vote, EARLIER)
    else teach(learning, tx, message, vote, scope)
  }
  const now = getLesson(tx.views, blob, scope)
  // What an administrator had decided of it stays.
  if (now && now.standing !== standing) stand(learning, tx, blob, { ...now, scope }, standing)
}

/** As they came in: the best that is known of the order in which they were given. */
function byArrival(a: Known, b: Known): number {
  const of = ({ votes }: Known): number => votes[votes.length - 1][0]
  return of(a) - of(b) || (a.blob < b.blob ? -1 : 1)
}

export function isCurrent(store: Store): boolean {
  return (modelFeatures(store) ?? FEATURE_VERSION) === FEATURE_VERSION
}

/** Version of the features of what was learned; null: nothing was. */
function modelFeatures(store: Store): number | null {
  const { snapshot, upto } = getModel(store.views)
  // One that is damaged is told where it is used (copy.ts), so that another can be put in its place.
  const bytes = snapshot ? store.views.blobs.inPlace(snapshot) : null
  if (bytes) return featuresOf(bytes)
  for (const { event } of store.followed(upto, 'model')) {
    const change = event.type === 'lesson' ? (event.learn ?? event.unlearn) : null
    if (change) return featuresOf(change)
  }
  return null
}
