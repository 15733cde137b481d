// Reports of other servers (docs/operate.md "Reports"): each comes by a token of its own, whose name is that server's.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { define } from '../define.ts'
import { limits } from '../limits.ts'
import { Problem } from '../problem.ts'
import { nullable, object, words } from '../schema.ts'

export function reportRoutes(app: FastifyInstance): void {
  define(
    app,
    {
      method: 'POST',
      url: '/reports',
      may: 'report',
      id: 'report',
      tag: 'model',
      summary: 'Learns from a report (ARF, RFC 5965) of the server that the token is named for',
      body: Type.Unsafe<Buffer>({ description: 'The report' }),
      consumes: 'message/rfc822',
      bodyLimit: limits.IMPORT_MAX,
      answer: object({
        report: nullable(Type.String()),
        learned: Type.Boolean(),
        label: nullable(words(['ham', 'spam'])),
        standing: nullable(words(['heard', 'waiting', 'refused', 'over', 'overruled'])),
      }),
    },
    async ({ verbs, caller, body }) => {
      const named = verbs.tokens.list().find(({ id }) => id === caller.token)
      if (!named) throw new Problem('login-needed', 'A report comes by a token of its server.')
      return await verbs.reports.receive(named.name, body)
    },
  )
}
