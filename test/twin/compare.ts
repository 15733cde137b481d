// Kernel against twin on one input.
import type { Kernel } from '../../plugin/filter/kernel.ts'
import type { Twin } from './twin.ts'

/** What differs, in words; nothing if they agree in features and in every bit of the score. */
export function difference(
  kernel: Kernel,
  twin: Twin,
  raw: Uint8Array,
  signals: readonly string[] = [],
): string | undefined {
  const expected = twin.features(raw, signals)
  const got = kernel.features(raw, signals)
  for (const view of [0, 1, 2]) {
    const at = expected[view].findIndex((slot, i) => slot !== got[view][i])
    if (at >= 0) return `view ${view}: feature ${at} is ${got[view][at]}, not ${expected[view][at]}`
    if (got[view].length !== expected[view].length)
      return `view ${view}: ${got[view].length} features, not ${expected[view].length}`
  }
  const score = kernel.score(raw, signals)
  const judged = twin.judge(expected)
  const bits = (s: typeof judged): string => [s.z, s.p, ...s.views.map((v) => v.m)].join(' ')
  return bits(score) === bits(judged) ? undefined : `score ${bits(score)}, not ${bits(judged)}`
}
