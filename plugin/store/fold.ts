// The fold: one event changes the views. Deterministic: no clock, no randomness, nothing read but the
// views and the event. A replay of the journal therefore makes the same views, byte for byte.
import { encode } from './codec.ts'
import type { Tables } from './env.ts'
import { kindOf, type Event } from './events/index.ts'

export function fold(tables: Tables, event: Event, seq: number): void {
  kindOf(event, seq).fold(tables, event, seq)
  tables.meta.put('seq', encode(seq))
}
