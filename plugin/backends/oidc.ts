// Logins at a provider of OpenID Connect: code flow with PKCE (RFC 7636), state and nonce; the ID token is checked by the
// library against the keys that the provider publishes.
import { request } from 'node:https'
import type { OidcConfig } from '../domain-config.ts'
import { Unavailable, type Provider } from '../quarantine/outside.ts'

/** Read when it is first needed. */
const load = () => import('openid-client')
type Client = Awaited<ReturnType<typeof load>>
type Configuration = InstanceType<Client['Configuration']>

/** What the browser keeps until it comes back. */
interface Begun {
  readonly redirect: string
  readonly verifier: string
  readonly state: string
  readonly nonce: string
}

/** Octets of an answer: keys and tokens are small. */
const ANSWER_MAX = 1 << 20

export function provider(config: OidcConfig, ca: string | undefined): Provider {
  const title = `oidc ${config.issuer}`
  let known: Promise<Configuration> | null = null
  const discover = async (client: Client): Promise<Configuration> => {
    const { client_id, client_secret, issuer } = config
    const fetch = ca === undefined ? undefined : fetchBy(ca, config.timeout_seconds * 1000)
    return await client.discovery(
      new URL(issuer),
      client_id,
      client_secret || undefined,
      client_secret === '' ? client.None() : undefined,
      {
        timeout: config.timeout_seconds,
        // Else a token that came over TLS is taken as it is (OpenID Connect Core §3.1.3.7).
        execute: [client.enableNonRepudiationChecks],
        ...(fetch && { [client.customFetch]: fetch }),
      },
    )
  }
  const ask = async <T>(work: (client: Client, at: Configuration) => Promise<T>): Promise<T> => {
    const client = await load()
    try {
      known ??= discover(client)
      return await work(client, await known)
    } catch (error) {
      known = null
      throw new Unavailable(title, causeOf(error))
    }
  }
  return {
    title,
    create: config.create,
    begin: async (redirect, hint) =>
      await ask(async (client, at) => {
        const begun: Begun = {
          redirect,
          verifier: client.randomPKCECodeVerifier(),
          state: client.randomState(),
          nonce: client.randomNonce(),
        }
        const url = client.buildAuthorizationUrl(at, {
          redirect_uri: redirect,
          scope: 'openid email profile',
          code_challenge: await client.calculatePKCECodeChallenge(begun.verifier),
          code_challenge_method: 'S256',
          state: begun.state,
          nonce: begun.nonce,
          ...(hint !== undefined && { login_hint: hint }),
        })
        return { url: url.href, state: Buffer.from(JSON.stringify(begun)).toString('base64url') }
      }),
    finish: async (url, state) => {
      const begun = readBegun(state)
      if (!begun) return null
      const { redirect, verifier } = begun
      // As it was asked for: behind a proxy the server is reached by another name.
      const back = new URL(redirect)
      back.search = new URL(url, redirect).search
      return await ask(async (client, at) => {
        try {
          const tokens = await client.authorizationCodeGrant(at, back, {
            pkceCodeVerifier: verifier,
            expectedState: begun.state,
            expectedNonce: begun.nonce,
            idTokenExpected: true,
          })
          const claims: Record<string, unknown> = tokens.claims() ?? {}
          const address = claims[config.claim]
          const verified = claims.email_verified
          if (config.claim === 'email' && verified === false) return null
          return typeof address === 'string' ? address : null
        } catch (error) {
          if (isTheirs(client, error)) return null
          throw error
        }
      })
    },
    probe: async () => {
      known = null
      await ask(async () => undefined)
    },
  }
}

/** The person said no, or came with what is not of this login: no fault of the provider's. */
function isTheirs(client: Client, error: unknown): boolean {
  if (error instanceof client.AuthorizationResponseError)
    return error.error !== 'temporarily_unavailable' && error.error !== 'server_error'
  if (error instanceof client.ResponseBodyError) return error.status < 500
  const { code } = error as { code?: string }
  return (
    code === 'OAUTH_INVALID_RESPONSE' ||
    code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' ||
    code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'
  )
}

function readBegun(text: string): Begun | null {
  try {
    const begun = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Begun> | null
    const { redirect, verifier, state, nonce } = begun ?? {}
    if (!redirect || !verifier || !state || !nonce) return null
    return { redirect, verifier, state, nonce }
  } catch {
    return null
  }
}

/** fetch says that it failed; the reason stands in its cause. */
function causeOf(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause)
    if (!(at.cause instanceof Error)) return at
  return error
}

type Fetch = (
  url: string,
  options: {
    method: string
    body?: unknown
    headers: Record<string, string>
    signal?: AbortSignal
  },
) => Promise<Response>

/** fetch has no way to say which certificates it trusts. */
function fetchBy(ca: string, deadline: number): Fetch {
  return (url, { method, body, headers, signal }) =>
    new Promise((resolve, reject) => {
      const late = AbortSignal.timeout(deadline)
      const asked = request(
        url,
        {
          method,
          headers,
          ca,
          minVersion: 'TLSv1.2',
          signal: signal ? AbortSignal.any([signal, late]) : late,
        },
        (answer) => {
          const parts: Buffer[] = []
          let size = 0
          answer.on('error', reject)
          answer.on('data', (part: Buffer) => {
            size += part.length
            if (size > ANSWER_MAX) answer.destroy(new Error('it says too much'))
            else parts.push(part)
          })
          answer.on('end', () => {
            const type = answer.headers['content-type']
            resolve(
              new Response(Buffer.concat(parts), {
                status: answer.statusCode ?? 500,
                ...(type !== undefined && { headers: { 'content-type': type } }),
              }),
            )
          })
        },
      )
      asked.on('error', reject)
      asked.end(
        body instanceof URLSearchParams || typeof body === 'string' ? String(body) : undefined,
      )
    })
}
