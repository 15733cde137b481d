// The bytes of a lesson, as Kernel.lesson describes them.

/** Octets before the entries. */
export const LESSON_HEAD = 7
/** Octets of an entry at least. */
export const ENTRY_MIN = 4

/** The entries of a lesson, ascending: slots, changes of their weights, resulting sums as bfloat16. */
interface Entries {
  slots: Uint32Array
  changes: Int32Array
  sums: Uint16Array
}

/** The slots of a lesson with so many entries, as Kernel.lesson encodes them. */
export function slotsOf(lesson: Uint8Array, count: number): Uint32Array {
  return entriesOf(lesson, count).slots
}

function entriesOf(lesson: Uint8Array, count: number): Entries {
  const slots = new Uint32Array(count)
  const changes = new Int32Array(count)
  const sums = new Uint16Array(count)
  let at = LESSON_HEAD
  let slot = 0
  // Past the end of a malformed one there are zeros.
  const next = (): number => lesson[at++] ?? 0
  const varint = (): number => {
    let byte = next()
    let value = byte & 127
    for (let shift = 7; byte > 127; shift += 7) value |= ((byte = next()) & 127) << shift
    return value
  }
  for (let i = 0; i < count; i++) {
    slots[i] = slot += varint()
    const zigzag = varint()
    changes[i] = (zigzag >>> 1) ^ -(zigzag & 1)
    sums[i] = next() | (next() << 8)
  }
  return { slots, changes, sums }
}

const countOf = (lesson: Uint8Array): number =>
  new DataView(lesson.buffer, lesson.byteOffset, LESSON_HEAD).getUint32(3, true)

/**
 * Two lessons of one model as one: `second` was computed on the weights with `first`. It has the label of the first.
 */
export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const a = entriesOf(first, countOf(first))
  const b = entriesOf(second, countOf(second))
  const out: number[] = []
  const varint = (value: number): void => {
    for (; value > 127; value >>>= 7) out.push((value & 127) | 128)
    out.push(value)
  }
  let [i, k, entries, before] = [0, 0, 0, 0]
  while (i < a.slots.length || k < b.slots.length) {
    const slot = Math.min(a.slots[i] ?? Infinity, b.slots[k] ?? Infinity)
    let change = 0
    let sum = 0
    if (a.slots[i] === slot) {
      change += a.changes[i]
      sum = a.sums[i++]
    }
    if (b.slots[k] === slot) {
      change += b.changes[k]
      sum = b.sums[k++]
    }
    varint(slot - before)
    varint((change << 1) ^ (change >> 31))
    out.push(sum & 255, sum >> 8)
    before = slot
    entries++
  }
  const bytes = new Uint8Array(LESSON_HEAD + out.length)
  bytes.set(first.subarray(0, LESSON_HEAD))
  new DataView(bytes.buffer).setUint32(3, entries, true)
  bytes.set(out, LESSON_HEAD)
  return bytes
}
