// How far a model has come, in words for whoever looks after it. Pure.
import { ENOUGH, holdsFrom, type Lessons } from './judge.ts'

export interface Standing {
  /** What it holds by itself; `very sure`: the bar is well above the threshold still. */
  holds: 'nothing' | 'very sure' | 'sure'
  /** The score from which on it holds by itself, 0..1; null: none. */
  from: number | null
  /** The lessons that count. */
  ham: number
  spam: number
  /** Of each kind before which it holds nothing. */
  enough: number
  /** One line for people, without a full stop. */
  text: string
}

/** Lessons of the rarer kind from which on the bar is no more than a few thousandths above the threshold. */
const MANY = 200

/** @param spam the threshold */
export function standing(spam: number, lessons: Lessons): Standing {
  const from = holdsFrom(spam, lessons)
  const few = Math.min(lessons.ham, lessons.spam) < MANY
  const holds = from === null ? 'nothing' : few ? 'very sure' : 'sure'
  const counts = { ham: lessons.ham, spam: lessons.spam }
  return { holds, from, ...counts, enough: ENOUGH, text: textOf(holds, counts) }
}

function textOf(holds: Standing['holds'], { ham, spam }: { ham: number; spam: number }): string {
  const counts = `${ham} ham, ${spam} spam so far`
  if (holds !== 'nothing') return `holds what is ${holds}: ${counts}`
  if (ham === 0 && spam === 0) return 'nobody has taught it yet: it holds nothing by itself'
  if (ham === 0) return 'nobody has confirmed good mail yet: it holds nothing by itself'
  if (spam === 0) return 'nobody has reported spam yet: it holds nothing by itself'
  return `holds nothing by itself before it has ${ENOUGH} of each: ${counts}`
}
