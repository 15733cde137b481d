// The lessons that a login sees: what was taught, by whom, how far it counts; taken back one by one or all of somebody, and
// let through to others or not.
import { Refused } from '../../errors.ts'
import type { Label, Login, Scope } from '../../mail.ts'
import { sees, tell } from '../../scope.ts'
import type { Views } from '../../store/env.ts'
import { getLesson, lessonsBy, type Lesson, type Standing } from '../../store/lessons.ts'
import { scopesIn } from '../../store/scopes.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { by, needAdministrator, needAll, ownScope } from '../eyes.ts'
import { wantReports } from '../report/want.ts'
import { inSteps } from '../steps.ts'
import { alarmOf, type LessonAlarm } from './alarm.ts'
import { takeBack } from './learn.ts'
import { stand } from './own.ts'

/** A lesson as it is told. */
export interface GivenLesson {
  id: number
  scope: Scope
  label: Label
  standing: Standing
  /** Unix time in ms. */
  at: number
  actor: string
  /** It said the opposite of what everybody else's mail had taught for sure. */
  against: boolean
  /** Hash of the message. */
  message: string
  /** Items by which it was said; none: it is from files. */
  items: number[]
}

export interface LessonQuery {
  /** Of this scope, and those inside it; of all that the login sees unless told. */
  scope?: string
  standing?: Standing
  /** Older than the lesson with this number. */
  before?: number
  limit?: number
}

const LIMIT = 50
/** Newest first. */
export function listLessons(ctx: Context, login: Login, query: LessonQuery = {}): GivenLesson[] {
  const { views } = ctx.store
  const eyes =
    query.scope === undefined ? login.scope : ownScope(ctx, login, query.scope, 'lessons')
  const { limit = LIMIT, standing } = query
  const found: GivenLesson[] = []
  for (const scope of scopesIn(views.taught, eyes)) {
    let some = 0
    for (const { seq, blob } of lessonsBy(views, scope, query.before)) {
      const lesson = getLesson(views, blob, scope)
      if (!lesson || (standing !== undefined && lesson.standing !== standing)) continue
      found.push(told(blob, scope, seq, lesson))
      if (++some === limit) break
    }
  }
  return found.toSorted((a, b) => b.id - a.id).slice(0, limit)
}

export function showLesson(ctx: Context, login: Login, id: number): GivenLesson {
  const { blob, scope, lesson } = find(ctx, login, id)
  return told(blob, scope, id, lesson)
}

/** Takes lessons back, as if they had never been given. Answers them as they were. */
export async function undoLessons(
  ctx: Context,
  login: Login,
  ids: readonly number[],
): Promise<GivenLesson[]> {
  const gone = ids.map((id) => showLesson(ctx, login, id))
  const step = (tx: Tx, some: readonly GivenLesson[]): void => {
    for (const one of some) {
      const { blob, scope, lesson } = still(tx.views, one)
      forget(ctx, tx, blob, scope, lesson)
    }
  }
  // The latest first: of near-copies none is said again that goes as well.
  const latest = gone.toSorted((a, b) => b.id - a.id)
  await inSteps(ctx, by(login), latest, step, () => undefined)
  return gone
}

/** The same with all of a scope; of a domain with those of its addresses. Answers how many there were. */
export async function forgetLessons(ctx: Context, login: Login, of: string): Promise<number> {
  const eyes = ownScope(ctx, login, of, 'lessons')
  if (eyes === '')
    throw new Refused(
      'impossible',
      'What everybody has taught is forgotten with lazaret model reset.',
    )
  let forgotten = 0
  for (const scope of scopesIn(ctx.store.views.taught, eyes)) {
    const all = Array.from(lessonsBy(ctx.store.views, scope), ({ blob }) => blob)
    const step = (tx: Tx, some: readonly string[]): number => {
      let n = 0
      for (const blob of some) {
        const lesson = getLesson(tx.views, blob, scope)
        if (!lesson?.label) continue
        forget(ctx, tx, blob, scope, lesson)
        n++
      }
      return n
    }
    await inSteps(ctx, by(login), all, step, (n) => (forgotten += n))
  }
  return forgotten
}

/** Lets others hear lessons that wait, or not (`heard` false): for the administrators of those who gave them. */
export async function settleLessons(
  ctx: Context,
  login: Login,
  ids: readonly number[],
  heard: boolean,
): Promise<GivenLesson[]> {
  needAdministrator(login, 'say which lessons others hear')
  const waiting = ids.map((id) => showLesson(ctx, login, id))
  const step = (tx: Tx, some: readonly GivenLesson[]): void => {
    for (const one of some) {
      const { id } = one
      const { blob, scope, lesson } = still(tx.views, one)
      if (scope === '')
        throw new Refused('impossible', `Lesson ${id} is of ${tell(scope)}, and waits for nobody.`)
      // Nobody lets his own through.
      if (!scope.includes('@')) needAll(login, `say whether others hear lessons of ${scope}`)
      if (lesson.standing === 'overruled')
        throw new Refused(
          'conflict',
          `Lesson ${id} counts nowhere: an administrator has said the opposite of that message.`,
        )
      const standing = heard ? 'heard' : 'refused'
      if (lesson.standing !== standing) stand(ctx, tx, blob, { ...lesson, scope }, standing)
    }
  }
  await inSteps(ctx, by(login), waiting, step, () => undefined)
  return ids.map((id) => showLesson(ctx, login, id))
}

/** Scopes under the login's eyes whose lessons say in bulk the opposite of what everybody else's mail has taught. */
export function lessonAlarms({ store: { views } }: Context, login: Login): LessonAlarm[] {
  return Array.from(scopesIn(views.taught, login.scope), (scope) => alarmOf(views, scope)).filter(
    (alarm) => alarm !== null,
  )
}

function forget(ctx: Context, tx: Tx, blob: string, scope: Scope, lesson: Lesson): void {
  takeBack(ctx, tx, blob, scope)
  for (const [item] of lesson.votes) if (item > 0) wantReports(ctx, tx, item)
}

function told(
  blob: string,
  scope: Scope,
  id: number,
  { label, standing, at, actor, against, votes }: Lesson,
): GivenLesson {
  const items = votes.flatMap(([item]) => (item > 0 ? [item] : []))
  return { id, scope, label: label ?? 'ham', standing, at, actor, against, message: blob, items }
}

interface Found {
  blob: string
  scope: Scope
  lesson: Lesson
}

function find({ store }: Context, login: Login, id: number): Found {
  const { views } = store
  // The journal tells whose it is, for as long as it reaches back; else everybody whom the login sees is asked.
  const event = id > store.floor ? store.event(id) : null
  const known = event?.type === 'lesson' ? (event.scope ?? '') : null
  const scopes = known === null ? scopesIn(views.taught, login.scope) : [known]
  for (const scope of scopes) {
    const found = sees(login.scope, scope) ? lessonOf(views, scope, id) : null
    if (found) return found
  }
  throw none(id)
}

/** One that was found a moment ago. */
function still(views: Views, { scope, id }: GivenLesson): Found {
  const found = lessonOf(views, scope, id)
  if (!found) throw none(id)
  return found
}

function lessonOf(views: Views, scope: Scope, id: number): Found | null {
  if (!views.taught.has([scope, id])) return null
  for (const { seq, blob } of lessonsBy(views, scope, id + 1)) {
    const lesson = seq === id ? getLesson(views, blob, scope) : null
    return lesson && { blob, scope, lesson }
  }
  return null
}

const none = (id: number): Refused =>
  new Refused('not-found', `There is no lesson ${id}; lazaret lessons list shows which there are.`)
