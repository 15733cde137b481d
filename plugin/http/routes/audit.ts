// The journal in words: who did what, when, and how they came.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import { Turn } from '../../turns.ts'
import { define } from '../define.ts'
import { nullable, object, Time } from '../schema.ts'

const LIMIT = 200
/** Entries that are looked at for one page. */
const EXAMINED = 20_000
const TURN = 200

export function auditRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'GET',
      url: '/audit',
      may: 'read',
      id: 'getAudit',
      tag: 'audit',
      summary: 'Entries of the journal, oldest first',
      query: object({
        since: Type.Optional(
          Type.Integer({ minimum: 0, description: 'Entries after this seq; 0 unless given' }),
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
        next: nullable(Type.Integer({ description: '`since` of the next page' })),
      }),
    },
    async ({ verbs, query }) => await page(verbs, query),
  )
}

interface Query {
  since?: number
  after?: string
  before?: string
  by?: string
  limit?: number
}

async function page(
  verbs: Verbs,
  { since = 0, after, before, by, limit = LIMIT }: Query,
): Promise<object> {
  const from = after === undefined ? -Infinity : Date.parse(after)
  const until = before === undefined ? Infinity : Date.parse(before)
  const turn = new Turn(verbs.login.account)
  const entries: object[] = []
  let at = since
  for (let examined = 0; examined < EXAMINED;) {
    let some = 0
    // A piece of the journal at a time: others have their turn between.
    for (const entry of verbs.history(at)) {
      if (some === TURN || entries.length === limit) break
      some++
      at = entry.seq
      const { seq, actor, as = null, via = null, type, text } = entry
      if (entry.at < from || entry.at >= until) continue
      if (by !== undefined && actor !== by && as !== by) continue
      entries.push({ seq, at: new Date(entry.at).toISOString(), by: actor, as, via, type, text })
    }
    examined += some
    if (entries.length === limit) break
    if (some < TURN) return { entries, next: null }
    if (turn.over) await turn.give()
  }
  return { entries, next: at }
}
