// Whose lessons contradict in bulk what everybody else's mail has taught. It holds nothing back: what one mailbox can do to
// others is bounded anyway. It tells.
import type { Scope } from '../../mail.ts'
import type { Views } from '../../store/env.ts'
import { getHead, type Head } from '../../store/layers.ts'

export interface LessonAlarm {
  scope: Scope
  /** Lessons that say the opposite of what was sure, of how many. */
  against: number
  lessons: number
  /** For people, with the command that takes them back. */
  text: string
}

/** So many lessons against all others are no chance any more, where they are such a part of a scope's. */
const ENOUGH = { lessons: 10, share: 1 / 3 }

export function contradicts({ against, lessons: { ham, spam } }: Head): boolean {
  return against >= ENOUGH.lessons && against >= (ham + spam) * ENOUGH.share
}

/** Null: there is no reason for one. */
export function alarmOf(views: Views, scope: Scope): LessonAlarm | null {
  const head = getHead(views, scope)
  if (!contradicts(head)) return null
  const { against, lessons } = head
  const all = lessons.ham + lessons.spam
  const text =
    `${against} of ${all} lessons of ${scope} say the opposite of what everybody else's mail has taught: ` +
    `see them by "lazaret lessons list --scope ${scope}", take them back by "lazaret lessons forget ${scope}"`
  return { scope, against, lessons: all, text }
}
