// Idempotency-Key: a POST that comes twice, since its answer was lost, is done once.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './caller.ts'

interface Asked {
  readonly caller: Caller
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/**
 * What `handle` answers, or answered before to a request of the same key. `once`: the answer without what is shown once.
 * An answer that is a refusal is not kept: nothing was done.
 */
export async function answeredOnce(
  { caller, request, reply }: Asked,
  once: ((answer: object) => object) | null,
  handle: () => Promise<unknown>,
): Promise<unknown> {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return await handle()
  const { requests } = caller.verbs
  const known = await requests.begin(key, asText(request))
  if (known) {
    reply.code(known.status).header('idempotency-replayed', 'true')
    if (known.location !== undefined) reply.header('location', known.location)
    return known.body === '' ? undefined : (JSON.parse(known.body) as unknown)
  }
  let answer: unknown
  try {
    answer = await handle()
  } catch (error) {
    await requests.giveUp(key)
    throw error
  }
  const kept = once && typeof answer === 'object' && answer ? once(answer) : answer
  const location = reply.getHeader('location')
  await requests.answer(key, {
    status: reply.statusCode,
    body: kept === undefined ? '' : JSON.stringify(kept),
    ...(typeof location === 'string' && { location }),
  })
  return answer
}

const asText = ({ method, url, body }: FastifyRequest): string =>
  `${method} ${url}\n${JSON.stringify(body ?? null)}`
