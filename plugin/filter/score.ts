// The score of a message, and what each of its views adds to it.
import type { View } from './views.ts'

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
