import type { Scope } from '../../mail.ts'
import { encode } from '../codec.ts'
import type { Tables } from '../env.ts'
import { decides, getLesson, lessonsOf, type Standing as HowFar } from '../lessons.ts'
import { NONE, type Kind } from './kind.ts'
import { count, hear, tell, type Heard } from './lesson.ts'

/** A lesson counts further than it did, or not as far, without anything new being said. */
export interface Standing extends Heard {
  type: 'standing'
  blob: string
  scope: Scope
  standing: HowFar
}

export const standing: Kind<Standing> = {
  fold,
  changes: NONE,
  followed: 'model',
  blobs: NONE,
  gone: NONE,
  names: false,
}

function fold(tables: Tables, event: Standing): void {
  const { blob, scope } = event
  const old = getLesson(tables, blob, scope)
  if (!old) throw new Error(`${scope} has said nothing of message ${blob}`)
  const before = decides(lessonsOf(tables, blob))
  const next = { ...old, standing: event.standing }
  count(tables, scope, old, -1)
  count(tables, scope, next, 1)
  hear(tables, scope, event)
  tables.lessons.put([blob, scope], encode(next))
  tell(tables, blob, before, scope)
}
