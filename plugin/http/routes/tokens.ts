// Tokens of this API.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { API, type AppContext } from '../context.ts'
import { shownToken } from '../../quarantine/verbs/shown.ts'
import { TOKEN_SCOPES } from '../../quarantine/verbs/tokens.ts'
import { define } from '../define.ts'
import { Id, nullable, object, Time, words } from '../schema.ts'

const token = {
  id: Id,
  account: Type.String(),
  name: Type.String(),
  may: words(TOKEN_SCOPES),
  created: Time,
  expires: Time,
  lastUse: nullable(object({ at: Time, network: Type.String() })),
}
const TokenSchema = object(token)
const MadeSchema = object({
  ...token,
  secret: nullable(
    Type.String({ description: 'What the bearer sends. Shown once: null in a repeated answer' }),
  ),
})

export function tokenRoutes(app: FastifyInstance, { base }: AppContext): void {
  define(
    app,
    {
      method: 'GET',
      url: '/tokens',
      may: 'read',
      id: 'listTokens',
      tag: 'tokens',
      summary: 'Tokens of the account and of those that it manages',
      answer: object({ tokens: Type.Array(TokenSchema) }),
    },
    async ({ verbs }) => await Promise.resolve({ tokens: verbs.tokens.list().map(shownToken) }),
  )
  define(
    app,
    {
      method: 'POST',
      url: '/tokens',
      may: 'admin',
      id: 'makeToken',
      tag: 'tokens',
      summary: 'Makes a token; its secret is in this answer and nowhere else',
      body: object({
        account: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
        name: Type.String({ minLength: 1, maxLength: 100 }),
        may: words(TOKEN_SCOPES),
        days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
      }),
      answer: MadeSchema,
      status: 201,
      once: (answer) => ({ ...answer, secret: null }),
    },
    async ({ verbs, body, reply }) => {
      const { secret, ...made } = await verbs.tokens.make(body)
      reply.header('location', `${base}${API}/tokens`)
      return { ...shownToken(made), secret }
    },
  )
  define(
    app,
    {
      method: 'DELETE',
      url: '/tokens/:id(^\\d+$)',
      may: 'admin',
      id: 'withdrawToken',
      tag: 'tokens',
      summary: 'Withdraws a token: it is good for nothing from now on',
      params: object({ id: Id }),
      answer: Type.Null(),
      status: 204,
    },
    async ({ verbs, params }) => {
      await verbs.tokens.withdraw(params.id)
    },
  )
}
