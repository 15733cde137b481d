// Sparse vectors over the slots of a model: few of a million, each with a row of whole numbers. They only ever add up,
// so that what was added can be taken away again to the last bit, in any order.

/** Ascending slots, and behind each column one number a slot. */
export interface Sparse {
  slots: Uint32Array
  columns: Float64Array[]
}

export function noSlots(columns: number): Sparse {
  return {
    slots: new Uint32Array(0),
    columns: Array.from({ length: columns }, () => new Float64Array(0)),
  }
}

/** `a` and `sign` times `b`; rows of zeros are left out. Both have as many columns. */
export function add(a: Sparse, b: Sparse, sign: 1 | -1 = 1): Sparse {
  const most = a.slots.length + b.slots.length
  const slots = new Uint32Array(most)
  const columns = a.columns.map(() => new Float64Array(most))
  let n = 0
  for (let i = 0, k = 0; i < a.slots.length || k < b.slots.length;) {
    const left = i < a.slots.length ? a.slots[i] : Infinity
    const right = k < b.slots.length ? b.slots[k] : Infinity
    const slot = Math.min(left, right)
    let some = false
    for (let c = 0; c < columns.length; c++) {
      // Never -0: what is equal is the same bytes.
      const value =
        (left === slot ? a.columns[c][i] : 0) + (right === slot ? sign * b.columns[c][k] : 0) + 0
      columns[c][n] = value
      if (value !== 0) some = true
    }
    if (left === slot) i++
    if (right === slot) k++
    slots[n] = slot
    if (some) n++
  }
  return cut({ slots, columns }, n)
}

/** The same without rows of zeros. */
export function dense({ slots, columns }: Sparse): Sparse {
  return add(noSlots(columns.length), { slots, columns })
}

function cut({ slots, columns }: Sparse, n: number): Sparse {
  return { slots: slots.slice(0, n), columns: columns.map((column) => column.slice(0, n)) }
}

/** Adds the rows of `from` to those of `wanted` slots (ascending), where it has such. */
export function gather(from: Sparse, wanted: Uint32Array, rows: readonly Float64Array[]): void {
  for (let i = 0, k = 0; i < from.slots.length && k < wanted.length;) {
    const [a, b] = [from.slots[i], wanted[k]]
    if (a === b) for (const [c, row] of rows.entries()) row[k] += from.columns[c][i]
    if (a <= b) i++
    if (b <= a) k++
  }
}
