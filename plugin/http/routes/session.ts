// Logins of the page: a cookie that no script reads, and a word that a strange page cannot know.
import { randomBytes } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import { HOUR } from '../../time.ts'
import { logValue } from '../../text.ts'
import type { AppContext } from '../context.ts'
import { checkOrigin, csrfOf, LOGIN_COOKIE, SESSION_COOKIE } from '../caller.ts'
import { define, needCaller } from '../define.ts'
import { Problem } from '../problem.ts'
import { nullable, object, ProblemSchema, ScopeText, Time, words } from '../schema.ts'

const LoginSchema = object({
  account: Type.String(),
  tier: words(['super-admin', 'domain', 'address']),
  scope: ScopeText,
})
const StateSchema = object({
  login: nullable(LoginSchema),
  csrf: Type.String({ description: 'To be sent as X-Lazaret-Csrf with each change' }),
  stopped: nullable(
    Type.String({
      description:
        'Why nothing can be changed at the moment: changes are answered 503. All answers have the header Lazaret-Stopped then',
    }),
  ),
})
const SessionSchema = object({
  id: Type.String(),
  current: Type.Boolean(),
  began: Time,
  used: Time,
  until: Time,
  network: Type.String(),
  agent: Type.String(),
})

// RFC 6265bis §4.1.3.2: a `__Host-` cookie has Secure, Path=/ and no Domain.
const COOKIE = { httpOnly: true, secure: true, sameSite: 'strict', path: '/' } as const
interface Credentials {
  user: string
  password: string
  code?: string
}

const time = (ms: number): string => new Date(ms).toISOString()

export function sessionRoutes(app: FastifyInstance, { door, log }: AppContext): void {
  const begin = async (
    request: FastifyRequest<{ Body: Credentials }>,
    reply: FastifyReply,
  ): Promise<object> => {
    const before = request.cookies[LOGIN_COOKIE]
    // Who logs a stranger's browser in as himself would have him work in the wrong quarantine (login CSRF).
    if (before === undefined)
      throw new Problem(
        'cross-site',
        'Ask for GET /session first: it sets a cookie that belongs to the login.',
      )
    checkOrigin(request, before)
    const login = await logIn(request.body, request.ip)
    const agent = request.headers['user-agent'] ?? ''
    const secret = await door.sessions.begin(login, { network: request.ip, agent })
    const old = request.cookies[SESSION_COOKIE]
    if (old !== undefined) await door.sessions.end(old)
    reply.clearCookie(LOGIN_COOKIE, COOKIE)
    const maxAge = (door.config.http.session_hours * HOUR) / 1000
    reply.setCookie(SESSION_COOKIE, secret, { ...COOKIE, maxAge })
    return { login: shown(login), csrf: csrfOf(secret), stopped: door.stopped }
  }
  const logIn = async ({ user, password, code }: Credentials, address: string): Promise<Login> => {
    try {
      const found = await door.logins.page(user, password, address, code)
      if ('needs' in found)
        throw new Problem(
          'second-factor',
          'Send also the code of the second factor, or one of its recovery codes.',
        )
      const { login } = found
      log.info(`http login: rip=${address}, user=${logValue(login.account)}`)
      return login
    } catch (error) {
      if (error instanceof Refused && error.kind === 'wrong-login')
        // What fail2ban looks for.
        log.warn(
          `http login failed: rip=${address}, user=${logValue(user)}, reason=${logValue(error.message)}`,
        )
      throw error
    }
  }

  app.route({
    method: 'GET',
    url: '/session',
    schema: {
      operationId: 'getSession',
      tags: ['session'],
      summary: 'Who is logged in, and what changes have to send',
      response: { 200: StateSchema, default: ProblemSchema },
    },
    handler: async (request, reply) => {
      const { caller } = request
      if (caller) {
        const { login, session } = caller
        const csrf = session === null ? '' : csrfOf(session)
        return { login: shown(login), csrf, stopped: door.stopped }
      }
      const secret = request.cookies[LOGIN_COOKIE] ?? randomBytes(24).toString('base64url')
      reply.setCookie(LOGIN_COOKIE, secret, COOKIE)
      return await Promise.resolve({ login: null, csrf: csrfOf(secret), stopped: door.stopped })
    },
  })
  app.route<{ Body: Credentials }>({
    method: 'POST',
    url: '/session',
    // Of strangers no more is read than a name and a password take, each character six octets as \uXXXX.
    bodyLimit: 16 * 1024,
    schema: {
      operationId: 'logIn',
      tags: ['session'],
      summary: 'Logs a browser in',
      body: object({
        user: Type.String({ minLength: 1, maxLength: 320 }),
        password: Type.String({ minLength: 1, maxLength: 1024 }),
        code: Type.Optional(Type.String({ maxLength: 100, description: 'Of the second factor' })),
      }),
      response: { 200: StateSchema, default: ProblemSchema },
    },
    handler: begin,
  })
  app.route({
    method: 'DELETE',
    url: '/session',
    schema: {
      operationId: 'logOut',
      tags: ['session'],
      summary: 'Logs it out',
      response: { 204: Type.Null(), default: ProblemSchema },
    },
    handler: async (request, reply) => {
      const { session } = needCaller(request, 'read')
      if (session !== null) await door.sessions.end(session)
      reply.clearCookie(SESSION_COOKIE, COOKIE)
      return await reply.code(204).send()
    },
  })
  define(
    app,
    {
      method: 'GET',
      url: '/sessions',
      may: 'read',
      id: 'listSessions',
      tag: 'session',
      summary: 'Where the account is logged in with a browser',
      answer: object({ sessions: Type.Array(SessionSchema) }),
    },
    async ({ caller }) => {
      const current = caller.session === null ? '' : door.sessions.idOf(caller.session)
      return await Promise.resolve({
        sessions: door.sessions.list(caller.login).map(({ began, used, until, ...rest }) => ({
          ...rest,
          current: rest.id === current,
          began: time(began),
          used: time(used),
          until: time(until),
        })),
      })
    },
  )
  define(
    app,
    {
      method: 'DELETE',
      url: '/sessions/:id',
      may: 'admin',
      id: 'endSession',
      tag: 'session',
      summary: 'Logs a browser out',
      params: object({ id: Type.String({ maxLength: 64 }) }),
      answer: Type.Null(),
      status: 204,
    },
    async ({ caller, params }) => {
      await door.sessions.endById(caller.login, params.id)
    },
  )
}

const shown = ({ account, tier, scope }: Login) => ({ account, tier, scope })
