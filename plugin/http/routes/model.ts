// What was learned, and what the filter would make of a message.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { define } from '../define.ts'
import { limits } from '../limits.ts'
import { scopeName } from '../../scope.ts'
import { nullable, object, ScopeText, words } from '../schema.ts'

const STANDING = {
  holds: words(['nothing', 'very sure', 'sure']),
  from: nullable(Type.Number({ description: 'The score from which on it holds by itself' })),
  ham: Type.Integer({ description: 'Lessons that count as ham for the mail of the scope' }),
  spam: Type.Integer(),
  enough: Type.Integer({ description: 'Lessons of each kind before which it holds nothing' }),
  text: Type.String(),
}

export function modelRoutes(app: FastifyInstance): void {
  app.addContentTypeParser('message/rfc822', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  define(
    app,
    {
      method: 'GET',
      url: '/model',
      may: 'read',
      id: 'getModel',
      tag: 'model',
      summary: 'How far the model has come: for the super-admin',
      answer: object({
        ham: Type.Integer({ description: 'Messages that count as ham' }),
        spam: Type.Integer(),
        prior: Type.Boolean({ description: 'It began with a model of elsewhere' }),
        standing: object(STANDING),
      }),
    },
    async ({ verbs }) => {
      const { ham, spam, prior, standing } = verbs.model.info()
      return await Promise.resolve({ ham, spam, prior, standing })
    },
  )
  define(
    app,
    {
      method: 'GET',
      url: '/model/:scope',
      may: 'read',
      id: 'getStanding',
      tag: 'model',
      summary: 'How far the model has come for the mail of a scope',
      params: object({ scope: ScopeText }),
      answer: object({ scope: ScopeText, ...STANDING }),
    },
    async ({ verbs, params }) => {
      const { scope, ...standing } = verbs.model.standing(params.scope)
      return await Promise.resolve({ scope: scopeName(scope), ...standing })
    },
  )
  define(
    app,
    {
      method: 'POST',
      url: '/messages::check',
      may: 'read',
      id: 'checkMessage',
      tag: 'model',
      summary: 'What would become of a message to somebody that the login sees, and why',
      query: object({
        recipient: Type.Optional(Type.String({ maxLength: 400 })),
        sender: Type.Optional(Type.String({ maxLength: 400 })),
      }),
      body: Type.Unsafe<Buffer>({ description: 'The message' }),
      consumes: 'message/rfc822',
      bodyLimit: limits.IMPORT_MAX,
      answer: object({
        class: words(['ham', 'unsure', 'spam']),
        score: Type.Number(),
        why: Type.Array(object({ text: Type.String(), weight: Type.Number() })),
        list: nullable(words(['allow', 'block'])),
      }),
    },
    async ({ verbs, query, body }) => {
      const { verdict, lists } = verbs.model.examine(body, {
        recipient: query.recipient ?? null,
        sender: query.sender ?? '',
        proofs: 'all',
        signals: [],
        tokens: 20,
      })
      return await Promise.resolve({
        class: verdict.class,
        score: verdict.score,
        why: verdict.evidence.map(({ text, weight }) => ({ text, weight })),
        list: lists?.decision ? lists.decision.list : null,
      })
    },
  )
}
