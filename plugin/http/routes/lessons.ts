// Lessons: what people have taught, taken back, and let through to others or not.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { shownLesson } from '../../quarantine/verbs/shown.ts'
import { scopeName } from '../../scope.ts'
import { define } from '../define.ts'
import { limits } from '../limits.ts'
import { Id, nullable, object, ScopeText, Time, words } from '../schema.ts'

const STANDINGS = ['heard', 'waiting', 'refused', 'over', 'overruled'] as const
const LessonSchema = object({
  id: Id,
  scope: ScopeText,
  label: words(['ham', 'spam']),
  standing: words(STANDINGS),
  at: Time,
  by: Type.String(),
  against: Type.Boolean({
    description: "It said the opposite of what everybody else's mail had taught for sure",
  }),
  message: Type.String({ description: 'Hash of the message' }),
  items: Type.Array(Id, { description: 'By which it was said; none: it is from files' }),
})
const AlarmSchema = object({
  scope: ScopeText,
  against: Type.Integer(),
  lessons: Type.Integer(),
  text: Type.String(),
})
const Some = object({
  lessons: Type.Array(Id, { minItems: 1, maxItems: limits.BATCH, uniqueItems: true }),
})
const LIMIT = 50

/** What is done with some lessons, and what that is in words. */
const DOES = {
  undo: 'Takes lessons back, as if they had never been given; answers them as they were',
  approve: 'Lets others hear lessons (setting lessons_approval): for administrators',
  refuse: 'Lessons count for the mail of who gave them only: for administrators',
} as const

export function lessonRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/lessons',
      may: 'read',
      id: 'listLessons',
      tag: 'lessons',
      summary: 'Lessons, newest first, and whose contradict everybody else in bulk',
      query: object({
        scope: Type.Optional(ScopeText),
        standing: Type.Optional(words(STANDINGS)),
        cursor: Type.Optional(Id),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      }),
      answer: object({
        lessons: Type.Array(LessonSchema),
        alarms: Type.Array(AlarmSchema),
        next: nullable(Type.Integer({ description: 'Cursor of the next page' })),
      }),
    },
    async ({ verbs, query }) => {
      const { cursor, limit = LIMIT, ...rest } = query
      const found = verbs.lessons.list({
        ...rest,
        limit,
        ...(cursor !== undefined && { before: cursor }),
      })
      const alarms = verbs.lessons
        .alarms()
        .map(({ scope, ...alarm }) => ({ scope: scopeName(scope), ...alarm }))
      const next = found.length === limit ? found[limit - 1].id : null
      return await Promise.resolve({ lessons: found.map(shownLesson), alarms, next })
    },
  )
  define(
    app,
    {
      method: 'GET',
      url: '/lessons/:id(^\\d+$)',
      may: 'read',
      id: 'getLesson',
      tag: 'lessons',
      summary: 'One lesson',
      params: object({ id: Id }),
      answer: LessonSchema,
    },
    async ({ verbs, params }) => await Promise.resolve(shownLesson(verbs.lessons.show(params.id))),
  )
  for (const name of Object.keys(DOES) as (keyof typeof DOES)[])
    define(
      app,
      {
        method: 'POST',
        url: `/lessons::${name}`,
        may: 'act',
        id: `${name}Lessons`,
        tag: 'lessons',
        summary: DOES[name],
        body: Some,
        answer: object({ lessons: Type.Array(LessonSchema) }),
      },
      async ({ verbs, body }) => ({
        lessons: (await verbs.lessons[name](body.lessons)).map(shownLesson),
      }),
    )
  define(
    app,
    {
      method: 'POST',
      url: '/lessons::forget',
      may: 'act',
      id: 'forgetLessons',
      tag: 'lessons',
      summary: 'Takes back all lessons of an address, or of a domain with its addresses',
      body: object({ scope: ScopeText }),
      answer: object({ forgotten: Type.Integer() }),
    },
    async ({ verbs, body }) => ({ forgotten: await verbs.lessons.forget(body.scope) }),
  )
}
