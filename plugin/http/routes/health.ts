// Whether people are served: for who watches the server from outside.
import type { FastifyInstance } from 'fastify'
import type { AppContext } from '../context.ts'

export function healthRoutes(app: FastifyInstance, { door }: AppContext): void {
  app.route({
    method: 'GET',
    url: '/healthy',
    schema: { hide: true },
    handler: async (_request, reply) => await reply.type('text/plain').send('yes\n'),
  })
  app.route({
    method: 'GET',
    url: '/ready',
    schema: { hide: true },
    handler: async (_request, reply) => {
      const why = door.unready()
      return await reply
        .code(why === null ? 200 : 503)
        .type('text/plain')
        .send(why === null ? 'yes\n' : `${why}\n`)
    },
  })
}
