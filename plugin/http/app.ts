// The application: what every request meets on its way to a route, and what becomes of errors.
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Door } from '../quarantine/quarantine.ts'
import { admitTo, newCrowds, shareOf, type Crowds } from './admit.ts'
import { callerOf, CSRF_HEADER, reachCaller, SESSION_COOKIE, type Caller } from './caller.ts'
import { API, type AppContext, type Log } from './context.ts'
import { limits } from './limits.ts'
import { Problem, problemBody, problemOf, PROBLEMS } from './problem.ts'
import { newPreviews } from './preview/previews.ts'
import type { IsProxy } from './proxies.ts'
import { routes } from './routes/index.ts'
import { Streams } from './streams.ts'

/** Nothing can be changed at the moment: GET /session says it in words. */
const STOPPED_HEADER = 'lazaret-stopped'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null: nobody has said who asks. */
    caller: Caller | null
  }
}

export interface AppOptions {
  readonly quarantine: Door
  readonly log: Log
  readonly isProxy: IsProxy
}

export interface App {
  readonly listener: RequestListener
  readonly crowds: Crowds
  close(): Promise<void>
}

export async function makeApp(options: AppOptions): Promise<App> {
  const { quarantine: door, log } = options
  const base = door.config.http.base_path
  let handler: RequestListener = () => undefined
  const app = fastify({
    trustProxy: options.isProxy,
    bodyLimit: limits.BODY_MAX,
    routerOptions: { maxParamLength: 600 },
    exposeHeadRoutes: false,
    // Requests that are no HTTP get their answer from Node (server.ts).
    serverFactory: (made) => {
      handler = made
      return createServer()
    },
    // Behind a proxy that keeps the base path, and behind one that takes it off.
    rewriteUrl: ({ url = '/' }) =>
      base !== '' && url.startsWith(`${base}/`) ? url.slice(base.length) : url,
  }) as unknown as FastifyInstance
  const context: AppContext = {
    door,
    log,
    previews: newPreviews(),
    streams: new Streams(),
    base,
  }
  useValidators(app)
  app.decorateRequest('caller', null)
  await app.register(cookie)
  await app.register(swagger, { openapi: description(base) })
  app.addHook('onRequest', async (request, reply) => {
    secure(reply)
    if (door.stopped !== null) reply.header(STOPPED_HEADER, '1')
    request.caller = null
    if (isOpen(request)) return
    await reachCaller(door, request)
    request.caller = callerOf(door, request)
  })
  await app.register(rateLimit, {
    max: door.config.http.requests_per_minute,
    timeWindow: 60_000,
    cache: 10_000,
    enableDraftSpec: true,
    keyGenerator: shareOf,
    errorResponseBuilder: (_request, { after }) =>
      new Problem('rate', `Too many requests; ask again in ${after}.`),
  })
  const crowds = newCrowds()
  admitTo(app, crowds)
  app.setErrorHandler((error, request, reply) => answerError(context, error, request, reply))
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      context,
      new Problem('no-route', `There is nothing at ${request.method} ${pathOf(request)}.`),
      reply,
    ),
  )
  await app.register((api, _options, done) => {
    routes(api, context)
    done()
  })
  await app.ready()
  return {
    listener: (request: IncomingMessage, response: ServerResponse) => handler(request, response),
    crowds,
    close: async () => {
      context.streams.close()
      await app.close()
      await context.previews.close()
    },
  }
}

/** Paths that need nobody to say who he is, and do not look at cookies. */
const isOpen = ({ url }: FastifyRequest): boolean => /^\/(?:preview|digest)\//.test(url)

/** What follows one of these is a secret. */
const pathOf = ({ url }: FastifyRequest): string =>
  url
    .split('?')[0]
    .replace(/^(\/(?:preview|digest)\/).+/, '$1...')
    .slice(0, 100)

/**
 * Of bodies nothing is turned into something else, of a query only texts into numbers and truth values; and in all of
 * them a field that is not known is refused.
 */
function useValidators(app: FastifyInstance): void {
  const options = { removeAdditional: false, useDefaults: true, allErrors: false, strict: false }
  const strict = addFormats(new Ajv({ ...options, coerceTypes: false }))
  const lenient = addFormats(new Ajv({ ...options, coerceTypes: 'array' }))
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? strict : lenient).compile(schema as object),
  )
}

/** For every answer; the page and the preview have their own Content-Security-Policy in addition. */
function secure(reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  })
}

function answerError(
  context: AppContext,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemOf(error)
  if (problem) return sendProblem(context, problem, reply)
  const { stack } = error as Error
  context.log.error(`http ${request.method} ${pathOf(request)} failed: ${stack ?? String(error)}`)
  return sendProblem(
    context,
    new Problem('failed', 'The server failed; the administrator finds why in its log.'),
    reply,
  )
}

function sendProblem({ base }: AppContext, problem: Problem, reply: FastifyReply): FastifyReply {
  const body = problemBody(problem, `${base}${API}`)
  if (body.status === 503) reply.header('retry-after', '2')
  if (body.status === 401) reply.header('www-authenticate', 'Bearer realm="lazaret"') // RFC 6750 §3
  return reply
    .code(body.status)
    .type('application/problem+json')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(body)
}

function description(base: string) {
  const kinds = Object.entries(PROBLEMS).map(
    ([kind, { status, title }]) => `- \`${kind}\` (${status}): ${title}`,
  )
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lazaret',
      version: '1',
      description: [
        'The quarantine for programs. Errors are `application/problem+json` (RFC 9457), of these types:',
        ...kinds,
        '',
        'Every POST takes an `Idempotency-Key`: a second one of the same key is answered as the first was.',
      ].join('\n'),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: base === '' ? '/' : base }],
    components: {
      securitySchemes: {
        token: { type: 'http' as const, scheme: 'bearer' },
        session: {
          type: 'apiKey' as const,
          in: 'cookie' as const,
          name: SESSION_COOKIE,
          description: `Of a browser; changes also need the header ${CSRF_HEADER}, which GET /session tells.`,
        },
      },
    },
  }
}
