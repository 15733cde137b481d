// Who asks: the bearer of a token, or a browser with a session. A browser sends its cookie with whatever a strange page
// makes it ask for, so that what changes something also has to say that it comes from ours (CSRF).
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Login } from '../mail.ts'
import type { Door } from '../quarantine/quarantine.ts'
import type { TokenScope } from '../quarantine/verbs/tokens.ts'
import type { Verbs } from '../quarantine/verbs/verbs.ts'
import { Turn } from '../turns.ts'
import { Problem } from './problem.ts'

/** `__Host-`: for this host and no other, over TLS (RFC 6265bis §4.1.3.2). */
export const SESSION_COOKIE = '__Host-lazaret'
export const LOGIN_COOKIE = '__Host-lazaret-login'
export const CSRF_HEADER = 'x-lazaret-csrf'

export interface Caller {
  readonly login: Login
  readonly verbs: Verbs
  readonly may: TokenScope
  /** Of a browser; null: a token was sent. */
  readonly session: string | null
  /** Number of that token; null: there is a session. */
  readonly token: number | null
  /** Of this request: what its verbs take of the processor. */
  readonly turn: Turn
}

/** Scopes of tokens that may do what needs one. */
const ENOUGH: Record<TokenScope, readonly TokenScope[]> = {
  read: ['read', 'act', 'admin'],
  act: ['act', 'admin'],
  admin: ['admin'],
  report: ['report', 'admin'],
}

/** Ahead of callerOf: a token that only another machine knows yet is waited for. */
export async function reachCaller(door: Door, request: FastifyRequest): Promise<void> {
  const bearer = bearerOf(request)
  if (bearer !== undefined) await door.reachToken(bearer)
}

const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]

/** Null: there is neither token nor session. Throws Problem for a token that is not good. */
export function callerOf(door: Door, request: FastifyRequest): Caller | null {
  const via = `api ${request.ip}`
  const bearer = bearerOf(request)
  if (request.headers.authorization !== undefined) {
    const found = bearer === undefined ? null : door.token(bearer, request.ip)
    if (!found) throw new Problem('login-needed', 'This is no token of this server, or it is over.')
    return {
      ...asking(door, { ...found.login, via }),
      may: found.may,
      session: null,
      token: found.id,
    }
  }
  const session = request.cookies[SESSION_COOKIE]
  const login = session === undefined ? null : door.sessions.find(session)
  if (session === undefined || !login) return null
  return { ...asking(door, { ...login, via }), may: 'admin', session, token: null }
}

/** A request has the budget of a command: its account pays for it. */
function asking(door: Door, login: Login): Pick<Caller, 'login' | 'verbs' | 'turn'> {
  const turn = new Turn(login.account, door.config.front.command_seconds * 1000)
  return { login, verbs: door.as(login, turn), turn }
}

/** Throws Problem where the caller may not do what needs this scope. */
export function needScope({ may }: Caller, needed: TokenScope): void {
  if (!ENOUGH[needed].includes(may))
    throw new Problem(
      'token-scope',
      `This token may '${may}', and this needs one that may '${needed}'.`,
    )
}

/** What a page of ours sends with each change: known to who can read our answers, and not from the cookie. */
export function csrfOf(secret: string): string {
  return createHash('sha256').update(`csrf\n${secret}`).digest('base64url')
}

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Throws Problem for a change that a strange page made a browser ask for. */
export function checkOrigin(request: FastifyRequest, secret: string): void {
  if (CHANGES_NOTHING.has(request.method)) return
  const site = request.headers['sec-fetch-site']
  const sent = request.headers[CSRF_HEADER]
  const ours = site === undefined || site === 'same-origin'
  if (!ours || typeof sent !== 'string' || !equal(sent, csrfOf(secret)))
    throw new Problem(
      'cross-site',
      'This request did not come from the page of this server, or the page is too old: load it again.',
    )
}

function equal(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(one, other)
}
