// Slots of a message's features, packed: for each view how many, then each as its distance from the one before, in bytes of
// seven bits. Their order says nothing to a score, so they are sorted.

/** Of each view. */
export type Slots = readonly Uint32Array[]

export function packSlots(views: Slots): Buffer {
  const bytes: number[] = []
  const put = (value: number): void => {
    let rest = value
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
    bytes.push(rest)
  }
  put(views.length)
  for (const slots of views) {
    put(slots.length)
    let before = 0
    for (const slot of slots.toSorted()) {
      put(slot - before)
      before = slot
    }
  }
  return Buffer.from(bytes)
}

export function unpackSlots(bytes: Uint8Array): Uint32Array[] {
  let at = 0
  const take = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      value |= (byte & 127) << shift
      if (byte < 128) return value >>> 0
    }
  }
  return Array.from({ length: take() }, () => {
    const slots = new Uint32Array(take())
    let before = 0
    for (let i = 0; i < slots.length; i++) slots[i] = before += take()
    return slots
  })
}
