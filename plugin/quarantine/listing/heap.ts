// The first few of many in an order, without sorting them all.

/** Takes `items` apart in order, smallest first: linear to begin with, logarithmic for each. */
export function* inOrder(
  items: Uint32Array,
  compare: (a: number, b: number) => number,
): Generator<number> {
  for (let i = (items.length >>> 1) - 1; i >= 0; i--) sink(items, i, items.length, compare)
  for (let length = items.length; length > 0;) {
    const first = items[0]
    items[0] = items[--length]
    sink(items, 0, length, compare)
    yield first
  }
}

function sink(
  heap: Uint32Array,
  from: number,
  length: number,
  compare: (a: number, b: number) => number,
): void {
  const item = heap[from]
  let at = from
  for (;;) {
    let child = 2 * at + 1
    if (child >= length) break
    if (child + 1 < length && compare(heap[child + 1], heap[child]) < 0) child++
    if (compare(heap[child], item) >= 0) break
    heap[at] = heap[child]
    at = child
  }
  heap[at] = item
}
