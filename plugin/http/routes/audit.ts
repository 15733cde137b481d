// The journal in words: who did what, when, and how they came.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { shownHistory } from '../../quarantine/verbs/shown.ts'
import { define } from '../define.ts'
import { nullable, object, Time, words } from '../schema.ts'

export function auditRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/audit',
      may: 'read',
      id: 'getAudit',
      tag: 'audit',
      summary: 'Entries of the journal that concern the caller, oldest first unless asked',
      query: object({
        since: Type.Optional(
          Type.Integer({ minimum: 0, description: 'Entries after this seq; 0 unless given' }),
        ),
        order: Type.Optional(words(['oldest', 'newest'])),
        until: Type.Optional(
          Type.Integer({ minimum: 0, description: 'With order=newest: entries before this seq' }),
        ),
        after: Type.Optional(Time),
        before: Type.Optional(Time),
        by: Type.Optional(Type.String({ maxLength: 320, description: 'Who did it, or as whom' })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      }),
      answer: object({
        entries: Type.Array(
          object({
            seq: Type.Integer(),
            at: Time,
            by: Type.String(),
            as: nullable(Type.String()),
            via: nullable(Type.String()),
            type: Type.String(),
            text: Type.String(),
          }),
        ),
        next: nullable(
          Type.Integer({ description: '`since` of the next page; with order=newest its `until`' }),
        ),
      }),
    },
    async ({ verbs, query: { after, before, order, ...rest } }) => {
      const { entries, next } = await verbs.history({
        ...rest,
        newest: order === 'newest',
        ...(after !== undefined && { from: Date.parse(after) }),
        ...(before !== undefined && { before: Date.parse(before) }),
      })
      return { entries: entries.map(shownHistory), next }
    },
  )
}
