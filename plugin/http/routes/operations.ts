// Many items at one time, and what became of each.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { API, type AppContext } from '../context.ts'
import { ACTIONS, type Action, type Operation } from '../../quarantine/verbs/requests.ts'
import { define } from '../define.ts'
import { limits } from '../limits.ts'
import { Id, nullable, object, Time, words } from '../schema.ts'

const NAMES = Object.keys(ACTIONS) as Action[]
/** A batch that takes longer is answered before it ends, in ms. */
const PATIENCE = 5000

const OperationSchema = object({
  id: Type.String(),
  action: words(NAMES),
  state: words(['running', 'done', 'interrupted']),
  began: Time,
  ended: nullable(Time),
  total: Type.Integer(),
  results: Type.Array(
    object({
      item: Id,
      done: Type.Boolean(),
      kind: Type.Optional(Type.String({ description: 'Of a problem, where it was not done' })),
      reason: Type.Optional(Type.String()),
    }),
  ),
})

export function operationRoutes(app: FastifyInstance, { base }: AppContext): void {
  define(
    app,
    {
      method: 'POST',
      url: '/items::batch',
      may: 'act',
      id: 'batchItems',
      tag: 'items',
      summary: 'Does the same with many items, each for itself',
      body: object({
        action: words(NAMES),
        items: Type.Array(Id, { minItems: 1, maxItems: limits.BATCH, uniqueItems: true }),
      }),
      answer: OperationSchema,
      status: 201,
    },
    async ({ verbs, body, reply }) => {
      const { operation, done } = await verbs.requests.each(body.items, body.action)
      reply.header('location', `${base}${API}/operations/${operation.id}`)
      return shown(await soon(done, operation))
    },
  )
  define(
    app,
    {
      method: 'GET',
      url: '/operations/:id',
      may: 'read',
      id: 'getOperation',
      tag: 'items',
      summary: 'What became of each item of a batch; kept for a day',
      params: object({ id: Type.String({ maxLength: 40 }) }),
      answer: OperationSchema,
    },
    async ({ verbs, params }) => await Promise.resolve(shown(verbs.requests.operation(params.id))),
  )
}

/** The end of it, or how it stands when patience is over. */
async function soon(done: Promise<Operation>, now: Operation): Promise<Operation> {
  let timer: NodeJS.Timeout | null = null
  const late = new Promise<Operation>((resolve) => {
    timer = setTimeout(() => resolve(now), PATIENCE)
  })
  try {
    return await Promise.race([done, late])
  } finally {
    if (timer) clearTimeout(timer)
  }
}

const time = (ms: number): string => new Date(ms).toISOString()

function shown({ began, ended, results, ...rest }: Operation): object {
  return {
    ...rest,
    began: time(began),
    ended: ended === null ? null : time(ended),
    results: results.map(({ id, ...result }) => ({ item: id, ...result })),
  }
}
