// What rehearsal goes by (filter/rehearsal.ts): the course of a layer's lessons, and a lesson as it is remembered.
import { Bytes, Reading } from './bytes.ts'

type Kind = 'ham' | 'spam'

/** What of the lessons so far matters: how many of each kind there were ever, and the run that they end with. */
export interface Course {
  ham: number
  spam: number
  run: number
  /** Of which kind the run is; null: there was no lesson. */
  last: Kind | null
}

export const BEGINNING: Course = { ham: 0, spam: 0, run: 0, last: null }

/** The course with one more lesson. */
export function onward(course: Course, label: Kind): Course {
  const run = course.last === label ? course.run + 1 : 1
  return { ...course, [label]: course[label] + 1, run, last: label }
}

type Views = [Uint32Array, Uint32Array, Uint32Array]

/** Bytes: for each view the varint number of its slots, then the varint distance of each from the one before. */
export function encodeSlots(views: Views): Uint8Array {
  const out = new Bytes(16 + views.reduce((sum, { length }) => sum + length * 3, 0))
  for (const slots of views) {
    out.varint(slots.length)
    let before = 0
    for (const slot of slots.toSorted()) {
      out.varint(slot - before)
      before = slot
    }
  }
  return out.done()
}

/** Slots of each view, ascending. @throws Error for bytes that are none. */
export function decodeSlots(bytes: Uint8Array): Views {
  const from = new Reading(bytes)
  const view = (): Uint32Array => {
    const n = from.varint()
    if (n > bytes.length) throw new Error('a remembered lesson is malformed')
    let slot = 0
    return Uint32Array.from({ length: n }, () => (slot += from.varint()))
  }
  const views: Views = [view(), view(), view()]
  from.end()
  return views
}
