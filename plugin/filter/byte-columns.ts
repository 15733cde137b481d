// The form in which a model's slots are compressed.

/** The four bytes of all slots, each in a run of its own: they compress better than mixed. */
export function byteColumns(table: Uint8Array): Uint8Array {
  const slots = table.length / 4
  const out = new Uint8Array(table.length)
  for (let i = 0, at = 0; i < slots; i++, at += 4) {
    out[i] = table[at]
    out[slots + i] = table[at + 1]
    out[2 * slots + i] = table[at + 2]
    out[3 * slots + i] = table[at + 3]
  }
  return out
}
