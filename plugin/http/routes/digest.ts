// The digest of an address: how it stands, what it would be, and one now.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { AppContext } from '../context.ts'
import { define } from '../define.ts'
import { Id, nullable, object, ScopeText, Time, words } from '../schema.ts'

const Params = object({ scope: ScopeText })
const STATES = [
  'told',
  'wanted',
  'claimed',
  'queued',
  'sending',
  'sent',
  'failed',
  'unknown',
  'forgotten',
] as const
const Count = Type.Integer({ minimum: 0 })
const time = (ms: number): string => new Date(ms).toISOString()

export function digestRoutes(app: FastifyInstance, { previews, base }: AppContext): void {
  define(
    app,
    {
      method: 'GET',
      url: '/digest/:scope',
      may: 'read',
      id: 'getDigest',
      tag: 'digest',
      summary: 'How the digest of an address stands',
      params: Params,
      answer: object({
        scope: ScopeText,
        every: Type.String({ description: 'The setting `digest`' }),
        next: nullable(Time),
        waiting: Type.Integer({ minimum: 0, description: 'Messages that it would tell of now' }),
        last: nullable(
          object({ at: Time, items: Count, state: words(STATES), reply: Type.String() }),
        ),
        note: nullable(Type.String({ description: 'What keeps links away from it' })),
      }),
    },
    async ({ verbs, params }) => {
      const { next, last, ...status } = await verbs.digest.status(params.scope)
      return {
        ...status,
        next: next === null ? null : time(next),
        last: last && { ...last, at: time(last.at) },
      }
    },
  )
  define(
    app,
    {
      method: 'POST',
      url: '/digest/:scope/preview',
      may: 'read',
      id: 'previewDigest',
      tag: 'digest',
      summary: 'The digest as it would be now; its links do nothing, and nothing is sent',
      params: Params,
      body: object({
        all: Type.Optional(Type.Boolean({ description: 'Also what was told before' })),
      }),
      answer: object({
        subject: Type.String(),
        count: Count,
        text: Type.String(),
        path: Type.String({
          description: 'Where its HTML can be fetched once, without a cookie, for a minute',
        }),
      }),
      once: (answer) => ({ ...answer, path: '' }),
    },
    async ({ verbs, params, body }) => {
      const { subject, count, text, html } = await verbs.digest.preview(params.scope, body)
      return {
        subject,
        count,
        text,
        path: `${base}/preview/${previews.keep(verbs.login.account, html)}`,
      }
    },
  )
  define(
    app,
    {
      method: 'POST',
      url: '/digest/:scope/send',
      may: 'act',
      id: 'sendDigest',
      tag: 'digest',
      summary: 'Sends a digest now',
      params: Params,
      body: object({
        all: Type.Optional(Type.Boolean({ description: 'Also what was told before' })),
      }),
      answer: object({
        scope: ScopeText,
        id: Type.String(),
        items: Id,
        mailed: Type.Boolean(),
        inbox: Type.Boolean(),
      }),
    },
    async ({ verbs, params, body }) => await verbs.digest.send(params.scope, body),
  )
}
