// The features of a message, view by view, each once, in order of appearance.
import * as arena from './arena'
import { K2 } from './hash'
import { traceFeature, tracing } from './trace'

/** Marks the entries of the table of seen features that are of this message. */
let generation: u32 = 0

/** Forgets the features of the message before. */
export function forget(): void {
  generation += (<u32>1) << arena.bits
  if (generation == 0) {
    memory.fill(arena.seen, 0, 3 * arena.SEEN * 4)
    generation = (<u32>1) << arena.bits
  }
  store<u32>(arena.counts, 0)
  store<u32>(arena.counts + 4, 0)
  store<u32>(arena.counts + 8, 0)
}

function tableOf(view: i32): usize {
  return arena.seen + view * (arena.SEEN * 4)
}

function listOf(view: i32): usize {
  return arena.features + view * (arena.VIEW_MAX * 4)
}

/** Adds a slot to a view's list at `out`, where there is room, if it is new; returns the end of the list. */
function put(slot: u32, out: usize, view: i32): usize {
  const table = tableOf(view)
  const key = generation | slot
  let place = slot & (arena.SEEN - 1)
  let entry = load<u32>(table + (place << 2))
  // Entries of earlier messages are below the generation.
  while (entry >= generation && entry != key) {
    place = (place + 1) & (arena.SEEN - 1)
    entry = load<u32>(table + (place << 2))
  }
  if (entry == key) return out
  store<u32>(table + (place << 2), key)
  store<u32>(out, slot)
  return out + 4
}

/** Adds the slots in `[p, end)` to a view, each once, as far as it has room. */
export function keep(p: usize, end: usize, view: i32): void {
  const table = tableOf(view)
  const list = listOf(view)
  const full = list + arena.VIEW_MAX * 4
  const mark = generation
  const others: u32 = (1 << arena.bits) - 1
  let out = list + ((<usize>load<i32>(arena.counts + (view << 2))) << 2)
  while (true) {
    // So many find room. The common case is a loop of its own, without calls: its values stay in registers.
    const sure = min(end, p + (full - out))
    for (; p < sure; p += 4) {
      const slot = load<u32>(p)
      const key = mark | slot
      const at = table + ((slot & (arena.SEEN - 1)) << 2)
      const differs = load<u32>(at) ^ key
      // Of this message, and another slot: entries of earlier ones differ in their upper bits.
      if (differs - 1 < others) break
      // Whether it is new cannot be predicted: both stores are made in any case, and `out` decides.
      store<u32>(at, key)
      store<u32>(out, slot)
      out += (<usize>(differs != 0)) << 2
    }
    if (p == end || out == full) break
    out = put(load<u32>(p), out, view)
    p += 4
  }
  store<i32>(arena.counts + (view << 2), <i32>((out - list) >> 2))
}

/** Adds one feature by its hash; true when the view did not have it and has room. */
export function add(q: u64, view: i32): bool {
  const count = load<i32>(arena.counts + (view << 2))
  if (count == arena.VIEW_MAX) return false
  const out = listOf(view) + (count << 2)
  const isNew = put(<u32>((q * K2) >> (64 - arena.bits)), out, view) != out
  store<i32>(arena.counts + (view << 2), count + <i32>isNew)
  return isNew
}

/** Adds a structural feature. */
export function addStructural(q: u64, view: i32, kind: i32, from: usize, end: usize): void {
  if (add(q, view) && tracing) traceFeature(view, kind, from, end, 0, 0)
}
