// Learning from messages that are not in the quarantine: the CLI's training, and the first model.
import type { Label, Login, Verdict } from '../../mail.ts'
import { judge } from '../../filter/judge.ts'
import type { Score } from '../../filter/score.ts'
import { blobName } from '../../store/blobs.ts'
import { decides, getModel, lessonsFor, lessonsOf } from '../../store/lessons.ts'
import { by, needAll } from '../eyes.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { inSteps } from '../steps.ts'
import { teach } from './learn.ts'

/** A message from outside the quarantine, and what it is. */
export interface Lesson {
  raw: Uint8Array
  label: Label
  /** What plugins found, where that is known. */
  signals?: readonly string[]
}

/**
 * Teaches messages in order. Those that count as their label already change nothing. Of those
 * learned, `turned` counted as the other label before.
 */
export async function train(
  ctx: Context,
  login: Login,
  messages: readonly Lesson[],
): Promise<{ learned: number; turned: number; known: number }> {
  needAll(login, 'train from files')
  ctx.store.space.need(0)
  let [learned, turned] = [0, 0]
  const step = (tx: Tx, some: typeof messages): { learned: number; turned: number } => {
    let [learned, turned] = [0, 0]
    for (const { raw, label, signals = [] } of some) {
      const blob = blobName(raw)
      const before = decides(lessonsOf(tx.views, blob))?.label ?? null
      if (!teach(ctx, tx, { blob, item: 0, signals, raw }, label, '')) continue
      learned++
      if (before !== null && before !== label) turned++
    }
    return { learned, turned }
  }
  await inSteps(ctx, by(login), messages, step, (done) => {
    learned += done.learned
    turned += done.turned
  })
  return { learned, turned, known: messages.length - learned }
}

/** What the model of this moment thinks of a message, apart from lists. */
export function score(
  ctx: Context,
  raw: Uint8Array,
  signals: readonly string[],
): { score: Score; verdict: Verdict } {
  const score = ctx.follower.model.kernel.score(raw, signals)
  const model = getModel(ctx.store.views)
  const { unsure, spam: held } = ctx.config.settings
  const verdict = judge({
    score,
    list: null,
    thresholds: { unsure, spam: held },
    lessons: { ...lessonsFor(model, null, null), prior: model.prior },
  })
  return { score, verdict }
}
