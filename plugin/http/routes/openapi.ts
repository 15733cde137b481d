// The description of the API, and of the types of its problems.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { API, type AppContext } from '../context.ts'
import { Problem, PROBLEMS, type ProblemKind } from '../problem.ts'
import { object, ProblemSchema } from '../schema.ts'

export function openapiRoutes(app: FastifyInstance, { base }: AppContext): void {
  app.route({
    method: 'GET',
    url: '/openapi.json',
    schema: { hide: true },
    handler: async (_request, reply) =>
      await reply.header('cache-control', 'max-age=300').send(app.swagger()),
  })
  app.route<{ Params: { kind: string } }>({
    method: 'GET',
    url: '/problems/:kind',
    schema: {
      operationId: 'getProblem',
      tags: ['problems'],
      summary: 'What a type of problem means',
      params: object({ kind: Type.String({ maxLength: 60 }) }),
      response: {
        200: object({ type: Type.String(), title: Type.String(), status: Type.Integer() }),
        default: ProblemSchema,
      },
    },
    handler: async (request) => {
      const { kind } = request.params
      if (!Object.hasOwn(PROBLEMS, kind))
        throw new Problem('not-found', `There is no type of problem '${kind}'.`)
      const { title, status } = PROBLEMS[kind as ProblemKind]
      return await Promise.resolve({ type: `${base}${API}/problems/${kind}`, title, status })
    },
  })
}
