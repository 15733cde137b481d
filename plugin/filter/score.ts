// The score of a message, and what each of its views adds to it.
import { VIEWS, type View } from './views.ts'

/** What the model thinks of a message. */
export type Score = {
  /** Probability of spam, 0..1. */
  p: number
  /** Its logit. */
  z: number
  /** Logit (not bent) and number of features of the views A (who writes to whom), B (the way), C (text). */
  views: [ViewScore, ViewScore, ViewScore]
}

/** What a view can say at most: its logit is bent towards this. */
export const LIMIT = 12
/** Weights of the views in the sum of their logits. */
export const SHARES = [0.5, 0.5, 0.6] as const

/** What a view with the logit `m` adds to z. */
export function contribution(view: View, m: number): number {
  return (SHARES[view] * m) / Math.sqrt(1 + (m / LIMIT) ** 2)
}

export type ViewScore = { m: number; n: number }

/** A weight in logits is 1024 (assembly/classifier). */
const SCALE = 1024

/** As the kernel does: of views with so many features, whose weights (in units) sum to `sums`. */
export function scoreBy(lengths: readonly number[], sums: readonly number[]): Score {
  const views = VIEWS.map((view): ViewScore => {
    const n = lengths[view]
    return { n, m: n === 0 ? 0 : sums[view] / (SCALE * Math.sqrt(n)) }
  }) as Score['views']
  const z = views.reduce((sum, { m }, view) => sum + contribution(view as View, m), 0)
  return { z, p: 1 / (1 + Math.exp(-z)), views }
}

/** What it is when the weights of each view sum to so much more. */
export function shifted({ views }: Score, more: readonly number[]): Score {
  return scoreBy(
    views.map(({ n }) => n),
    views.map(({ n, m }, view) => m * SCALE * Math.sqrt(n) + more[view]),
  )
}
