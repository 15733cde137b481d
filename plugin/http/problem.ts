// What went wrong, as RFC 9457 says it: `application/problem+json` with a type that is documented, and the sentence of
// the verb. No rule stands here: only what HTTP calls each kind of refusal.
import { Refused, type RefusedKind } from '../errors.ts'

interface Meaning {
  readonly status: number
  readonly title: string
}

/** Problems that only HTTP knows. */
type HttpKind =
  | 'bad-request'
  | 'login-needed'
  | 'second-factor'
  | 'token-scope'
  | 'cross-site'
  | 'no-route'
  | 'precondition'
  | 'media-type'
  | 'rate'
  | 'failed'

export type ProblemKind = RefusedKind | HttpKind

/** Every type of problem, by the last word of its URI. */
export const PROBLEMS: Readonly<Record<ProblemKind, Meaning>> = {
  invalid: { status: 422, title: 'A value will not do' },
  impossible: { status: 422, title: 'This cannot be done with this thing, whoever asks' },
  'not-allowed': { status: 403, title: 'Somebody else may do this' },
  'not-found': { status: 404, title: 'It is not there, or not yours' },
  exists: { status: 409, title: 'There is one already' },
  'not-empty': { status: 409, title: 'Something still lies in it' },
  conflict: { status: 409, title: 'It was changed meanwhile' },
  limit: { status: 422, title: 'As many as there can be' },
  'too-large': { status: 413, title: 'It is too large' },
  'over-quota': { status: 507, title: 'The space of the account is used up' },
  'wrong-login': { status: 401, title: 'User name or password is wrong' },
  insecure: { status: 403, title: 'Not over a connection that others can read' },
  undecodable: { status: 422, title: 'Its bytes are coded in an unknown way' },
  busy: { status: 503, title: 'Not now; the same request may do later' },
  damaged: { status: 500, title: 'The disk no longer has what was put there' },
  full: { status: 507, title: 'The server has no room for it' },
  'bad-request': { status: 400, title: 'The request does not have the form that it should have' },
  'login-needed': { status: 401, title: 'A login or a token is needed' },
  'second-factor': { status: 401, title: 'A code of the second factor is needed' },
  'token-scope': { status: 403, title: 'The token may not do this' },
  'cross-site': { status: 403, title: 'The request did not come from the page of this server' },
  'no-route': { status: 404, title: 'There is nothing at this address' },
  precondition: { status: 412, title: 'It is not what it was when you looked (If-Match)' },
  'media-type': { status: 415, title: 'The body is of a type that is not read here' },
  rate: { status: 429, title: 'Too many requests' },
  failed: { status: 500, title: 'The server failed; its log says why' },
}

/** One field of a request that will not do. */
export interface FieldError {
  /** RFC 6901, behind where it stands: `body/limit`. */
  pointer: string
  detail: string
}

export class Problem extends Error {
  override name = 'Problem'
  readonly kind: ProblemKind
  readonly errors: FieldError[]
  constructor(kind: ProblemKind, sentence: string, errors: FieldError[] = []) {
    super(sentence)
    this.kind = kind
    this.errors = errors
  }
}

export interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  errors?: FieldError[]
}

/** @param base path of the API, before `/problems/` */
export function problemBody(problem: Problem, base: string): ProblemBody {
  const { status, title } = PROBLEMS[problem.kind]
  const type = `${base}/problems/${problem.kind}`
  const errors = problem.errors.length > 0 ? { errors: problem.errors } : {}
  return { type, title, status, detail: problem.message, ...errors }
}

/** What fastify throws of itself. */
interface Thrown {
  code?: string
  statusCode?: number
  message: string
  validation?: { instancePath: string; message?: string; params?: Record<string, unknown> }[]
  validationContext?: string
}

/** The problem of an error; null: it is a fault of ours, which is logged. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error
  if (error instanceof Refused) return new Problem(error.kind, error.message)
  const { code = '', statusCode = 500, message, validation, validationContext } = error as Thrown
  if (validation)
    return new Problem(
      'bad-request',
      'The request does not have the form that it should have.',
      validation.map(({ instancePath, message: said = 'will not do', params = {} }) => {
        const extra = params.additionalProperty
        const name = typeof extra === 'string' ? ` ('${extra.slice(0, 60)}')` : ''
        return { pointer: `${validationContext ?? ''}${instancePath}`, detail: `${said}${name}` }
      }),
    )
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Problem('media-type', 'The body of this request has to be application/json.')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Problem(
      'too-large',
      'The body of this request is too large; ask for less at a time.',
    )
  if (statusCode >= 400 && statusCode < 500) return new Problem('bad-request', `${message}.`)
  return null
}
