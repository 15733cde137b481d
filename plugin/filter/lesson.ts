// The bytes of a lesson, as Kernel.lesson describes them.

/** Octets before the entries. */
export const LESSON_HEAD = 7
/** Octets of an entry at least. */
export const ENTRY_MIN = 4

/** The slots of a lesson with so many entries, as Kernel.lesson encodes them. */
export function slotsOf(lesson: Uint8Array, count: number): Uint32Array {
  const slots = new Uint32Array(count)
  let at = LESSON_HEAD
  let slot = 0
  // Past the end of a malformed one there are zeros.
  const next = (): number => lesson[at++] ?? 0
  for (let i = 0; i < count; i++) {
    let byte = next()
    let distance = byte & 127
    for (let shift = 7; byte > 127; shift += 7) distance |= ((byte = next()) & 127) << shift
    slots[i] = slot += distance
    // The change of the weight, and behind it the sum.
    while (next() > 127);
    at += 2
  }
  return slots
}
