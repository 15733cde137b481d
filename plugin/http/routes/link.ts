// Links of digests: a page for one message, without a login, a cookie or a script. GET shows, POST acts: what mail scanners
// fetch changes nothing.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AppContext } from '../context.ts'
import { LINK_POLICY, linkPage, type Page } from '../link-page.ts'
import { problemOf, PROBLEMS } from '../problem.ts'

/** Octets of a form. */
const FORM_MAX = 4096
/** Uses of links from one network address in a minute: one-click unsubscribing comes from a provider, for many. */
const ACTS_A_MINUTE = 120
const ACTS = ['release', 'releaseAndTrain', 'allow', 'block'] as const

type Asking = FastifyRequest<{ Params: { token: string } }>

export function linkRoutes(app: FastifyInstance, context: AppContext): void {
  void app.register(
    (links, _options, done) => {
      // RFC 8058 §3.2: either form.
      links.addContentTypeParser(
        ['application/x-www-form-urlencoded', 'multipart/form-data'],
        { parseAs: 'string', bodyLimit: FORM_MAX },
        (_request, body, parsed) => parsed(null, body),
      )
      links.setErrorHandler((error, request, reply) => {
        const problem = problemOf(error)
        // Not where: the path is the link.
        if (!problem) context.log.error(`http digest link failed: ${(error as Error).stack ?? ''}`)
        const kind = problem?.kind === 'rate' || problem?.kind === 'busy' ? 'busy' : 'failed'
        return send(
          reply,
          problem ? PROBLEMS[problem.kind].status : 500,
          failedPage(context, request, kind),
        )
      })
      links.route({
        method: ['GET', 'HEAD'],
        url: '/:token',
        schema: { hide: true },
        handler: async (request: Asking, reply) => {
          const link = context.door.links.look(request.params.token, languageOf(request))
          return await send(reply, statusOf(link.kind), { link, told: null })
        },
      })
      links.route({
        method: 'POST',
        url: '/:token',
        bodyLimit: FORM_MAX,
        schema: { hide: true },
        config: { rateLimit: { max: ACTS_A_MINUTE } },
        handler: async (request: Asking, reply) => await use(context, request, reply),
      })
      done()
    },
    { prefix: '/digest' },
  )
}

async function use(
  { door }: AppContext,
  request: Asking,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { token } = request.params
  const { links } = door
  const look = (): Page['link'] => links.look(token, languageOf(request))
  const form = formOf(request)
  const link = look()
  if (link.kind === 'stop') {
    if (form.stop && link.on) {
      await links.stop(token, request.ip)
      return await send(reply, 200, { link: look(), told: { kind: 'stopped' } })
    }
    return await send(reply, form.stop ? 200 : 400, { link, told: null })
  }
  if (link.kind !== 'item') return await send(reply, statusOf(link.kind), { link, told: null })
  if (form.act === null) return await send(reply, 400, { link, told: null })
  const told = await links.act(token, form.act, request.ip)
  const status = {
    done: 200,
    used: 409,
    underway: 409,
    'not-allowed': 403,
    refused: 409,
    none: 410,
  }
  return await send(reply, status[told.kind], { link: look(), told })
}

interface Form {
  act: (typeof ACTS)[number] | null
  /** No more digests: by our button, or by a mail provider's (RFC 8058 §3.2). */
  stop: boolean
}

function formOf({ body, headers }: FastifyRequest): Form {
  const text = typeof body === 'string' ? body : ''
  if (/^multipart\//i.test(headers['content-type'] ?? ''))
    return {
      act: null,
      stop: /name="?List-Unsubscribe"?[^\n]*\r?\n(?:[^\n]+\n)*\r?\nOne-Click\r?\n/i.test(text),
    }
  const fields = new URLSearchParams(text)
  const asked = fields.get('act')
  return {
    act: ACTS.find((one) => one === asked) ?? null,
    stop: fields.get('List-Unsubscribe') === 'One-Click',
  }
}

function failedPage({ door }: AppContext, request: FastifyRequest, kind: 'busy' | 'failed'): Page {
  return { link: door.links.look('', languageOf(request)), told: { kind } }
}

/** Of the browser, where it is not known whose link it is. */
function languageOf({ headers }: FastifyRequest): string {
  return /^[a-z-]{2,35}/i.exec(headers['accept-language'] ?? '')?.[0] ?? 'en'
}

function statusOf(kind: Page['link']['kind']): number {
  return { item: 200, stop: 200, wrong: 404, over: 410, disabled: 403 }[kind]
}

async function send(reply: FastifyReply, status: number, page: Page): Promise<FastifyReply> {
  return await reply
    .code(status)
    .headers({
      'content-security-policy': LINK_POLICY,
      'content-type': 'text/html; charset=utf-8',
      'x-robots-tag': 'noindex, nofollow',
    })
    .send(linkPage(page))
}
