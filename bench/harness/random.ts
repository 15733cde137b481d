/** A small generator with a fixed start, so that runs can be compared (xorshift32, Marsaglia 2003). */
export function random(start: number): (below: number) => number {
  let x = start | 0 || 1
  return (below) => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) % below
  }
}
