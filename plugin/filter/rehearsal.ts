/**
 * Rehearsal: a run of lessons of one kind moves what all mail of a site shares, so that the same lessons in another order
 * are another filter. From the third in a row on, one remembered lesson of the other kind is learned along (docs/kernel.md
 * "The order of lessons"). Pure: what was is asked for, nothing is kept here.
 */
import { BEGINNING, onward, type Course } from '../layers/course.ts'
import type { Features, Label } from './kernel.ts'

/** Lessons of a kind that are remembered at most: a reservoir (Vitter 1985, algorithm R). */
export const REMEMBERED = 200
/** The lesson of a run that is the first to be accompanied. */
const FIRST = 3
/** Lessons of the rarer kind from which on nothing is rehearsed: an order does no harm any more. */
const ENDS = 200
/** A remembered lesson that the model denies by more than this is wrong more often than forgotten: another is drawn. */
const DENIED = 0.75
/** How often another is drawn. */
const REDRAWS = 3
/** Of so many drawn the one is learned that the model doubts most: what the run moved away from. */
const DRAWN = 3
/** Lessons of the rarer kind from which on one is drawn: where many are wrong, the doubted ones are. */
const EARLY = 100

/**
 * Whether the lesson that the course ends with is accompanied.
 * @param lessons messages that count as each kind
 */
export function isDue(course: Course, lessons: Record<Label, number>): boolean {
  return course.run >= FIRST && Math.min(lessons.ham, lessons.spam) < ENDS
}

/** Where among those of its kind the lesson that the course ends with is remembered; null: it is not. */
export function placeOf(course: Course): number | null {
  if (!course.last) return null
  const before = course[course.last] - 1
  if (before < REMEMBERED) return before
  const place = hash(numberOf(course), 0) % (before + 1)
  return place < REMEMBERED ? place : null
}

/**
 * The remembered lesson of the other kind to learn along, for the lesson that the course ends with.
 * @param at what is remembered at a place of the other kind; null where a lesson was taken back
 * @param probability what the model says of it now, that lesson included
 * @returns null where there is none that the model does not deny
 */
export function draw<T>(
  course: Course,
  at: (label: Label, place: number) => T | null,
  probability: (remembered: T) => number,
): { label: Label; remembered: T } | null {
  if (!course.last) return null
  const label = other(course.last)
  const size = Math.min(course[label], REMEMBERED)
  let wanted = Math.min(course.ham, course.spam) < EARLY ? DRAWN : 1
  let found: T | null = null
  let most = -1
  const turns = wanted + REDRAWS
  for (let turn = 1; turn <= turns && wanted > 0 && size > 0; turn++) {
    const remembered = from(hash(numberOf(course), turn) % size, size, (place) => at(label, place))
    if (remembered === null) return null
    const p = probability(remembered)
    const doubt = label === 'ham' ? p : 1 - p
    if (doubt > DENIED) continue
    wanted--
    if (doubt <= most) continue
    most = doubt
    found = remembered
  }
  return found === null ? null : { label, remembered: found }
}

/** What is at the place, or at the next one that has something. */
function from<T>(place: number, size: number, at: (place: number) => T | null): T | null {
  for (let i = 0; i < size; i++) {
    const found = at((place + i) % size)
    if (found !== null) return found
  }
  return null
}

export const other = (label: Label): Label => (label === 'ham' ? 'spam' : 'ham')

const numberOf = ({ ham, spam }: Course): number => ham + spam

/** 32 bits of two numbers (the finalizer of MurmurHash3, twice). */
function hash(a: number, b: number): number {
  return mix(mix(a) ^ Math.imul(b + 1, 0x9e3779b1))
}

function mix(x: number): number {
  let h = x | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Rehearsal of a model whose lessons are in memory alone. */
export class Memory {
  course = BEGINNING
  readonly #kept: Record<Label, Features[]> = { ham: [], spam: [] }

  /**
   * After a lesson was learned: what to learn along.
   * @param lessons messages that count as each kind, with this one
   */
  after(
    features: Features,
    label: Label,
    lessons: Record<Label, number>,
    probability: (features: Features) => number,
  ): { label: Label; remembered: Features } | null {
    this.course = onward(this.course, label)
    const place = placeOf(this.course)
    if (place !== null) this.#kept[label][place] = features
    if (!isDue(this.course, lessons)) return null
    return draw(this.course, (kind, at) => this.#kept[kind][at] ?? null, probability)
  }
}
