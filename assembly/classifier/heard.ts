// What people say, added to everybody's weights once it is said, so that a score looks a slot up once whoever is heard. Both
// addends are kept as they are: what is taken back leaves no trace, also where the sum is saturated.
import * as arena from './arena'

/** Whether anybody is heard; without, there are no sums. */
export let crowded: bool = false

export function setCrowded(is: bool): void {
  crowded = is
  if (is) hearAll()
}

/** Adds up a slot anew. */
export function hear(slot: usize): void {
  const sum = <i32>load<i16>(arena.model + (slot << 2)) + load<i32>(arena.crowd + (slot << 2))
  store<i16>(arena.heard + (slot << 1), max<i32>(min<i32>(sum, 32767), -32768))
}

/** The same for all slots. */
export function hearAll(): void {
  const end = (<usize>1) << arena.bits
  for (let slot: usize = 0; slot < end; slot++) hear(slot)
}
