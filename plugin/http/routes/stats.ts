// Statistics: how many, by day, and of whom.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { CLASSES, FROM_JOURNAL, OUTCOMES } from '../../quarantine/verbs/stats.ts'
import { scopeName } from '../../scope.ts'
import { define } from '../define.ts'
import { object, ScopeText, words } from '../schema.ts'

const Day = Type.String({ format: 'date', description: 'A day, UTC' })
const Count = Type.Integer({ minimum: 0 })

const TOLD: Record<(typeof FROM_JOURNAL)[number], string> = {
  caught: 'Messages that were held, also the copies kept of what was rejected',
  copied: 'Copies of delivered unsure mail (copy_unsure)',
  released: 'Releases that the next hop took',
  failed: 'Releases that it refused for good',
  ham: 'Lessons: not spam',
  spam: 'Lessons: spam',
  takenBack: 'Lessons that were taken back',
  caughtWrongly: 'Errors: held, and somebody said that it was ham',
  missed: 'Errors: delivered, and somebody said that it was spam',
}
const figures = {
  messages: Type.Array(
    object({
      direction: words(['in', 'out']),
      class: words(CLASSES),
      action: words(OUTCOMES),
      count: Count,
    }),
    { description: 'As they came by SMTP, one for each recipient; those that are not 0' },
  ),
  ...(Object.fromEntries(
    FROM_JOURNAL.map((key) => [key, Type.Integer({ minimum: 0, description: TOLD[key] })]),
  ) as Record<(typeof FROM_JOURNAL)[number], typeof Count>),
}

export function statRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/stats',
      may: 'read',
      id: 'getStats',
      tag: 'stats',
      summary: 'How much came, what was done with it, and how often that was wrong, by day',
      query: object({
        scope: Type.Optional(ScopeText),
        from: Type.Optional(Day),
        to: Type.Optional(Day),
      }),
      answer: object({
        scope: ScopeText,
        days: Type.Array(object({ day: Day, ...figures })),
        total: object(figures),
      }),
    },
    async ({ verbs, query: { scope, ...span } }) => {
      const found = await verbs.stats.byDay(scope, span)
      return { ...found, scope: scopeName(found.scope) }
    },
  )
  define(
    app,
    {
      method: 'GET',
      url: '/stats/senders',
      may: 'read',
      id: 'getTopSenders',
      tag: 'stats',
      summary: 'Who sent most of what is caught now, most first',
      query: object({
        scope: Type.Optional(ScopeText),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      }),
      answer: object({
        senders: Type.Array(object({ sender: Type.String(), count: Count })),
      }),
    },
    async ({ verbs, query: { scope, limit } }) => ({
      senders: await verbs.stats.senders(scope, limit),
    }),
  )
}
