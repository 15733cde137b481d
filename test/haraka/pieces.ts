/** Bytes cut into pieces of these sizes, the rest behind them. */
export function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  let from = 0
  const cut = sizes.map((size) => bytes.subarray(from, (from += size)))
  return [...cut, bytes.subarray(from)]
}
