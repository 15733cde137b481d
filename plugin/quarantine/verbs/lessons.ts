// Lessons, one by one and of somebody.
import type { Login } from '../../mail.ts'
import type { Context } from '../context.ts'
import type { LessonAlarm } from '../model/alarm.ts'
import * as given from '../model/given.ts'

export type { LessonAlarm } from '../model/alarm.ts'
export type { GivenLesson, LessonQuery } from '../model/given.ts'

export class LessonVerbs {
  readonly #ctx: Context
  readonly #login: Login

  constructor(ctx: Context, login: Login) {
    this.#ctx = ctx
    this.#login = login
  }

  /** Those of the login and of all inside its scope, newest first. */
  list(query: given.LessonQuery = {}): given.GivenLesson[] {
    return given.listLessons(this.#ctx, this.#login, query)
  }
  show(id: number): given.GivenLesson {
    return given.showLesson(this.#ctx, this.#login, id)
  }
  /** Takes lessons back; answers them as they were. */
  undo(ids: readonly number[]): Promise<given.GivenLesson[]> {
    return given.undoLessons(this.#ctx, this.#login, ids)
  }
  /** Takes back all that a scope (a domain: with its addresses) has taught; answers how many lessons. */
  forget(scope: string): Promise<number> {
    return given.forgetLessons(this.#ctx, this.#login, scope)
  }
  /** Others hear lessons that waited for an administrator. */
  approve(ids: readonly number[]): Promise<given.GivenLesson[]> {
    return given.settleLessons(this.#ctx, this.#login, ids, true)
  }
  /** Others do not; for the mail of who gave them they go on counting. */
  refuse(ids: readonly number[]): Promise<given.GivenLesson[]> {
    return given.settleLessons(this.#ctx, this.#login, ids, false)
  }
  /** Whose lessons contradict everybody else's in bulk. */
  alarms(): LessonAlarm[] {
    return given.lessonAlarms(this.#ctx, this.#login)
  }
}
