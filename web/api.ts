// The Software API as the page asks it: one place for its address, its cookie's word and its problems.
import { signal } from '@preact/signals'

/** Where this page is served, with the last slash; a reverse proxy may show it below a path of its own. */
export const BASE = location.pathname.replace(/[^/]*$/, '')
const API = `${BASE}api/v1/`

export interface Login {
  account: string
  tier: 'super-admin' | 'domain' | 'address'
  scope: string
}

/** Who is logged in; null: nobody; undefined: not known yet. */
export const login = signal<Login | null | undefined>(undefined)
/** Nothing can be changed at the moment: the server says so with each answer. */
export const stopped = signal(false)
let csrf = ''

/** A refusal (RFC 9457): its sentence is for people. */
export class Problem extends Error {
  override name = 'Problem'
  readonly kind: string
  readonly status: number
  constructor(kind: string, status: number, sentence: string) {
    super(sentence)
    this.kind = kind
    this.status = status
  }
}

/** The server was not reached, or what answered was something else. */
export const UNREACHED = 'unreached'

interface Ask {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Text as it is, anything else as JSON. */
  body?: unknown
  /** ETag of what was seen. */
  match?: string | null
  signal?: AbortSignal
  /** A POST that changes nothing, and may be asked twice. */
  isQuestion?: boolean
}

export interface Answered<T> {
  value: T
  tag: string | null
}

/** Throws Problem. */
export async function ask<T>(path: string, options: Ask = {}): Promise<Answered<T>> {
  const answer = await send(path, options)
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') ?? false
  const value = answer.status === 204 ? null : isJson ? await answer.json() : await answer.text()
  return { value: value as T, tag: answer.headers.get('etag') }
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await ask<T>(path, { signal })).value
export const post = async <T>(path: string, body?: unknown): Promise<T> =>
  (await ask<T>(path, { method: 'POST', body })).value
/** What would be, or is, by something that is too long for an address. */
export const question = async <T>(path: string, body: unknown): Promise<T> =>
  (await ask<T>(path, { method: 'POST', body, isQuestion: true })).value

async function send(path: string, options: Ask): Promise<Response> {
  const { method = 'GET', body, match, signal, isQuestion = false } = options
  const headers: Record<string, string> = {}
  if (method !== 'GET') headers['x-lazaret-csrf'] = csrf
  if (method === 'POST' && !isQuestion) headers['idempotency-key'] = oneTime()
  if (body !== undefined)
    headers['content-type'] = typeof body === 'string' ? 'text/plain' : 'application/json'
  if (match) headers['if-match'] = match
  const answer = await reached(`${API}${path}`, {
    method,
    headers,
    signal,
    cache: 'no-store',
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  })
  stopped.value = answer.headers.has('lazaret-stopped')
  if (answer.ok) return answer
  throw await problemOf(answer, path)
}

/** What has a word of its own is asked once more: the server does it once, and answers the same. */
async function reached(url: string, request: RequestInit & { headers: object }): Promise<Response> {
  for (let isAgain = !('idempotency-key' in request.headers); ; isAgain = true)
    try {
      return await fetch(url, request)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      if (isAgain) throw new Problem(UNREACHED, 0, 'The server cannot be reached.')
      await wait(AGAIN_MS)
    }
}

const AGAIN_MS = 1000
export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function problemOf(answer: Response, path: string): Promise<Problem> {
  let told: { type?: string; detail?: string } = {}
  try {
    told = (await answer.json()) as typeof told
  } catch {
    // A proxy in between speaks for itself.
  }
  const kind = told.type?.split('/').at(-1) ?? 'failed'
  if (kind === 'login-needed' && path !== 'session') login.value = null
  return new Problem(kind, answer.status, told.detail ?? `${answer.status} ${answer.statusText}`)
}

/** A word that no other request has. */
function oneTime(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

interface State {
  login: Login | null
  csrf: string
}

/** Asks who is logged in. */
export async function readSession(): Promise<void> {
  const state = await get<State>('session')
  csrf = state.csrf
  login.value = state.login
}

/** @param code of the second factor, where one was asked for */
export async function logIn(user: string, password: string, code: string): Promise<void> {
  // A session that is over took its word along.
  csrf = (await get<State>('session')).csrf
  const state = await post<State>('session', { user, password, ...(code !== '' && { code }) })
  csrf = state.csrf
  login.value = state.login
}

export async function logOut(): Promise<void> {
  await ask('session', { method: 'DELETE' })
  login.value = null
}

export const urlOf = (path: string): string => `${API}${path}`
