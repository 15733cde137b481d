// A stranger's HTML as a document of its own: known to who was told its name, once, and to no cookie.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { AppContext } from '../context.ts'
import { DOCUMENT_POLICY } from '../preview/policy.ts'
import { Problem } from '../problem.ts'
import { object } from '../schema.ts'

export function previewRoutes(app: FastifyInstance, { previews }: AppContext): void {
  app.route<{ Params: { name: string } }>({
    method: 'GET',
    url: '/preview/:name',
    schema: { hide: true, params: object({ name: Type.String({ maxLength: 60 }) }) },
    handler: async (request, reply) => {
      const html = previews.take(request.params.name)
      if (html === null)
        throw new Problem('not-found', 'This preview was shown already, or is over: open it again.')
      return await reply
        .headers({
          'content-security-policy': DOCUMENT_POLICY,
          'content-type': 'text/html; charset=utf-8',
        })
        .send(html)
    },
  })
}
