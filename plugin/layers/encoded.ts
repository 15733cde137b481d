// Sparse vectors as bytes. Slots that one lesson touched alone have the same few rows, so rows that occur more than once stand in
// front, the most frequent first, and each slot names its own by number.
import { Bytes, MALFORMED, Reading } from './bytes.ts'
import type { Sparse } from './sparse.ts'

/**
 * Bytes: varint number of slots; varint number of rows that occur more than once, and these, a zigzag varint a column; then for each
 * slot the varint distance from the one before, and the varint number of its row, from 1 on, or 0 and its row.
 */
export function encodeSparse(vector: Sparse): Uint8Array {
  const out = new Bytes(32 + vector.slots.length * 4)
  writeSparse(out, vector)
  return out.done()
}

/** The same behind what was written. */
export function writeSparse(out: Bytes, { slots, columns }: Sparse): void {
  const first = firstOf({ slots, columns })
  const often = new Map<number, number>()
  for (const i of first) often.set(i, (often.get(i) ?? 0) + 1)
  // Equal counts by where they are first: the same vector is the same bytes.
  const rows = [...often].filter(([, n]) => n > 1).toSorted((a, b) => b[1] - a[1] || a[0] - b[0])
  const number = new Map(rows.map(([i], at) => [i, at + 1]))
  const row = (i: number): void => {
    for (const column of columns) out.zigzag(column[i])
  }
  out.varint(slots.length)
  out.varint(rows.length)
  for (const [i] of rows) row(i)
  let before = 0
  for (let i = 0; i < slots.length; i++) {
    out.varint(slots[i] - before)
    before = slots[i]
    const at = number.get(first[i]) ?? 0
    out.varint(at)
    if (at === 0) row(i)
  }
}

/** For each row where an equal one is first. */
function firstOf({ slots, columns }: Sparse): Uint32Array {
  const first = new Uint32Array(slots.length)
  let size = 16
  while (size < slots.length * 2) size *= 2
  // Row numbers from 1 on, by hash of the row; 0: free.
  const table = new Uint32Array(size)
  for (let i = 0; i < slots.length; i++) {
    let hash = 0
    for (const column of columns) hash = Math.imul(hash ^ (column[i] % 2 ** 32), 0x9e3779b1)
    for (let at = hash >>> 7; ; at++) {
      const known = table[at & (size - 1)]
      if (known === 0) {
        table[at & (size - 1)] = i + 1
        first[i] = i
        break
      }
      if (columns.every((column) => column[known - 1] === column[i])) {
        first[i] = known - 1
        break
      }
    }
  }
  return first
}

/** @throws Error for bytes that no such vector is. */
export function decodeSparse(bytes: Uint8Array, columns: number): Sparse {
  const from = new Reading(bytes)
  const vector = readSparse(from, columns)
  from.end()
  return vector
}

/** The same of what stands in the midst of others. */
export function readSparse(from: Reading, columns: number): Sparse {
  const n = from.varint()
  // A slot takes two octets at least.
  if (n * 2 > from.left) throw new Error(MALFORMED)
  const known = readRows(from, columns)
  const slots = new Uint32Array(n)
  const rows = Array.from({ length: columns }, () => new Float64Array(n))
  for (let i = 0, slot = 0; i < n; i++) {
    slots[i] = slot += from.varint()
    const at = from.varint() * columns
    if (at > known.length) throw new Error(MALFORMED)
    for (let c = 0; c < columns; c++)
      rows[c][i] = at === 0 ? from.zigzag() : known[at - columns + c]
  }
  return { slots, columns: rows }
}

/** Rows that occur more than once, behind each other. */
function readRows(from: Reading, columns: number): Float64Array {
  const n = from.varint()
  if (n * columns > from.left) throw new Error(MALFORMED)
  return Float64Array.from({ length: n * columns }, () => from.zigzag())
}

/**
 * Adds the rows of encoded bytes to those of `wanted` slots (ascending), where they have such. What is not wanted is passed over as it
 * lies there: a lesson asks for some hundred slots of a layer of a hundred thousand.
 * @throws Error for bytes that end early.
 */
export function gatherEncoded(
  bytes: Uint8Array,
  wanted: Uint32Array,
  rows: readonly Float64Array[],
): void {
  const from = new Reading(bytes)
  let left = from.varint()
  const known = readRows(from, rows.length)
  let at = from.at
  const next = (): number => {
    // Most numbers are of one octet or two: the general way is left to the others.
    const [low, high] = [bytes[at], bytes[at + 1]]
    if (low < 128) {
      at++
      return low
    }
    if (high < 128) {
      at += 2
      return high * 128 + low - 128
    }
    from.at = at
    const value = from.varint()
    at = from.at
    return value
  }
  for (let slot = 0, k = 0; left > 0; left--) {
    slot += next()
    while (wanted[k] < slot) k++
    if (k === wanted.length) return
    const number = next() * rows.length
    if (number > known.length) throw new Error(MALFORMED)
    if (wanted[k] !== slot) {
      if (number === 0) for (let c = rows.length; c > 0; at++) if (!(bytes[at] > 127)) c--
      if (at > bytes.length) throw new Error(MALFORMED)
      continue
    }
    from.at = at
    for (const [c, row] of rows.entries())
      row[k] += number === 0 ? from.zigzag() : known[number - rows.length + c]
    at = from.at
  }
}
