// How far a model has come, in words for whoever looks after it. Pure.
import { ENOUGH, holdsFrom, type Lessons } from './judge.ts'

export interface Standing {
  /** What it holds by itself; `very sure`: the bar is well above the threshold still. */
  holds: 'nothing' | 'very sure' | 'sure'
  /** The score from which on it holds by itself, 0..1; null: none. */
  from: number | null
  /** One line for people, without a full stop. */
  text: string
}

/** Lessons of the rarer kind from which on the bar is no more than a few thousandths above the threshold. */
const MANY = 200

/** @param spam the threshold */
export function standing(spam: number, lessons: Lessons): Standing {
  const counts = `${lessons.ham} ham, ${lessons.spam} spam so far`
  const from = holdsFrom(spam, lessons)
  if (from !== null) {
    const holds = Math.min(lessons.ham, lessons.spam) < MANY ? 'very sure' : 'sure'
    return { holds, from, text: `holds what is ${holds}: ${counts}` }
  }
  const nothing = (text: string): Standing => ({ holds: 'nothing', from, text })
  if (lessons.ham === 0 && lessons.spam === 0)
    return nothing('nobody has taught it yet: it holds nothing by itself')
  if (lessons.ham === 0)
    return nothing('nobody has confirmed good mail yet: it holds nothing by itself')
  if (lessons.spam === 0) return nothing('nobody has reported spam yet: it holds nothing by itself')
  return nothing(`holds nothing by itself before it has ${ENOUGH} of each: ${counts}`)
}
