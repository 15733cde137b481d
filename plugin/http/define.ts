// One route: who may ask, the form of what is asked and answered (checked, and told by OpenAPI), and what is done.
import type { Static, TSchema } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TokenScope } from '../quarantine/verbs/tokens.ts'
import { checkOrigin, needScope, type Caller } from './caller.ts'
import { answeredOnce } from './idempotency.ts'
import { Problem } from './problem.ts'
import { ProblemSchema } from './schema.ts'

export interface Spec<
  Params extends TSchema,
  Query extends TSchema,
  Body extends TSchema,
  Answer extends TSchema,
> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** As fastify writes it, below `/api/v1`. */
  readonly url: string
  /** Which tokens are enough. */
  readonly may: TokenScope
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** Media type of the body, unless it is JSON. */
  readonly consumes?: string
  /** Octets of the body, unless they are BODY_MAX. */
  readonly bodyLimit?: number
  readonly answer: Answer
  readonly status?: 200 | 201 | 202 | 204
  /** Media type of an answer that is no JSON. */
  readonly produces?: string
  /** Of a POST: what of the answer is not kept for a second one of the same key. */
  readonly once?: Once
}

/** The answer without what is shown once. */
export type Once = (answer: object) => object

export interface Asked<Params extends TSchema, Query extends TSchema, Body extends TSchema> {
  readonly caller: Caller
  readonly verbs: Caller['verbs']
  readonly params: Static<Params>
  readonly query: Static<Query>
  readonly body: Static<Body>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type Define = typeof define

export function define<
  Params extends TSchema,
  Query extends TSchema,
  Body extends TSchema,
  Answer extends TSchema,
>(
  app: FastifyInstance,
  spec: Spec<Params, Query, Body, Answer>,
  handle: (asked: Asked<Params, Query, Body>) => Promise<unknown>,
): void {
  const { method, url, may, status = 200, produces } = spec
  const answer = produces === undefined ? spec.answer : binary(spec.answer, produces)
  app.route({
    method,
    url,
    bodyLimit: spec.bodyLimit,
    // Before the body is read.
    onRequest: (request, _reply, done) => {
      needCaller(request, may)
      done()
    },
    schema: {
      operationId: spec.id,
      tags: [spec.tag],
      summary: spec.summary,
      description: `Needs a token that may \`${may}\`, or a session.`,
      security: [{ token: [] }, { session: [] }],
      ...(spec.params && { params: spec.params }),
      ...(spec.query && { querystring: spec.query }),
      ...(spec.body && { body: spec.body }),
      ...(spec.consumes && { consumes: [spec.consumes] }),
      response: { [status]: answer, default: ProblemSchema },
    },
    handler: async (request, reply) => {
      const caller = request.caller as Caller
      const asked = {
        caller,
        verbs: caller.verbs,
        params: request.params as Static<Params>,
        query: request.query as Static<Query>,
        body: request.body as Static<Body>,
        request,
        reply,
      }
      // Of many that came at once, one in a round of the loop: what a verb does in one go is short, but not that of all.
      await caller.turn.give()
      reply.code(status)
      if (produces !== undefined) reply.type(produces)
      if (method !== 'POST') return await handle(asked)
      return await answeredOnce(asked, spec.once ?? null, () => handle(asked))
    },
  })
}

const binary = (schema: TSchema, produces: string): object => ({
  description: schema.description ?? '',
  content: { [produces]: { schema } },
})

/** The caller, who may do this. Throws Problem. */
export function needCaller(request: FastifyRequest, may: TokenScope): Caller {
  const { caller } = request
  if (!caller)
    throw new Problem('login-needed', 'Log in, or send a token as `Authorization: Bearer ...`.')
  needScope(caller, may)
  if (caller.session !== null) checkOrigin(request, caller.session)
  return caller
}
