// Order statistics: robust against the odd round in which the machine did something else.

/** Quantile 0..1 of unsorted samples, interpolated (type 7 of Hyndman and Fan 1996); NaN of none. */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) return Number.NaN
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const below = Math.floor(at)
  const rest = at - below
  if (rest === 0) return sorted[below]
  return sorted[below] + rest * (sorted[below + 1] - sorted[below])
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

/** Distance of the quartiles as a share of the median: 0 is perfectly quiet. */
export function spread(samples: readonly number[]): number {
  return (quantile(samples, 0.75) - quantile(samples, 0.25)) / Math.abs(median(samples))
}

/**
 * About the 95% confidence interval of the median: median +- 1.57 IQR / sqrt(n) (McGill, Tukey and Larsen,
 * Variations of Box Plots, 1978). Two medians whose intervals do not meet differ.
 */
export function interval(samples: readonly number[]): [low: number, high: number] {
  const middle = median(samples)
  const half =
    (1.57 * (quantile(samples, 0.75) - quantile(samples, 0.25))) / Math.sqrt(samples.length)
  return [middle - half, middle + half]
}

/** Median of a[i] / b[i]: rounds are paired, so what slowed down both falls out. */
export function pairedRatio(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new Error(`${a.length} rounds against ${b.length}`)
  return median(a.map((value, i) => value / b[i]))
}
