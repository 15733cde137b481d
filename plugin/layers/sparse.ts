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

/** Bytes: varint number of slots, then for each the varint distance from the one before and a zigzag varint a column. */
export function encodeSparse({ slots, columns }: Sparse): Uint8Array {
  const out = new Bytes(16 + slots.length * (2 + 3 * columns.length))
  out.varint(slots.length)
  for (let i = 0, before = 0; i < slots.length; i++) {
    out.varint(slots[i] - before)
    before = slots[i]
    for (const column of columns) out.zigzag(column[i])
  }
  return out.done()
}

/** @throws Error for bytes that no such vector is. */
export function decodeSparse(bytes: Uint8Array, columns: number): Sparse {
  const from = new Reading(bytes)
  const n = from.varint()
  if (n * (columns + 1) > bytes.length) throw new Error(MALFORMED)
  const slots = new Uint32Array(n)
  const rows = Array.from({ length: columns }, () => new Float64Array(n))
  for (let i = 0, slot = 0; i < n; i++) {
    slots[i] = slot += from.varint()
    for (const row of rows) row[i] = from.zigzag()
  }
  from.end()
  return { slots, columns: rows }
}

/**
 * The same of encoded bytes. Adds their rows to those of `wanted` slots (ascending), where they have such. What is not wanted is passed
 * over as it lies there: a lesson asks for some hundred slots of a layer of a hundred thousand.
 * @throws Error for bytes that end early.
 */
export function gatherEncoded(
  bytes: Uint8Array,
  wanted: Uint32Array,
  rows: readonly Float64Array[],
): void {
  const from = new Reading(bytes)
  let left = from.varint()
  let at = from.at
  for (let slot = 0, k = 0; left > 0; left--) {
    // Most distances are of one octet or two: the general way is left to the others.
    const [low, high] = [bytes[at], bytes[at + 1]]
    if (low < 128) {
      slot += low
      at++
    } else if (high < 128) {
      slot += high * 128 + low - 128
      at += 2
    } else {
      from.at = at
      slot += from.varint()
      at = from.at
    }
    while (wanted[k] < slot) k++
    if (k === wanted.length) return
    if (wanted[k] === slot) {
      from.at = at
      for (const row of rows) row[k] += from.zigzag()
      at = from.at
    } else {
      for (let numbers = rows.length; numbers > 0; at++) if (!(bytes[at] > 127)) numbers--
      if (at > bytes.length) throw new Error(MALFORMED)
    }
  }
}

const MALFORMED = 'a layer of the model is malformed'

/** Numbers as varints, written behind each other. */
export class Bytes {
  #bytes: Uint8Array
  #at = 0

  constructor(room: number) {
    this.#bytes = new Uint8Array(room)
  }

  octet(value: number): void {
    this.#need()
    this.#bytes[this.#at++] = value
  }

  varint(value: number): void {
    this.#need()
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#at)
  }

  /** Room for one number more: 53 bits are eight octets. */
  #need(): void {
    if (this.#at + 8 <= this.#bytes.length) return
    const larger = new Uint8Array(this.#bytes.length * 2 + 16)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export class Reading {
  readonly #bytes: Uint8Array

  constructor(
    bytes: Uint8Array,
    /** Where it stands. */
    public at = 0,
  ) {
    this.#bytes = bytes
  }

  varint(): number {
    let value = 0
    for (let factor = 1; factor < 2 ** 56; factor *= 128) {
      const octet = this.#bytes[this.at++]
      if (octet === undefined) break
      value += (octet & 127) * factor
      if (octet < 128) return value
    }
    throw new Error(MALFORMED)
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  end(): void {
    if (this.at !== this.#bytes.length) throw new Error(MALFORMED)
  }
}
