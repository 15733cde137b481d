// The server in this process, on a real port and a real data directory.
import { afterAll } from 'vitest'
import type { Ini } from '../../plugin/config.ts'
import { HttpServer } from '../../plugin/http/server.ts'
import type { Lazaret } from '../../plugin/open.ts'
import type { TokenScope } from '../../plugin/quarantine/verbs/tokens.ts'
import { rig, ROOT } from '../quarantine/rig.ts'

export interface Answer<Body = Record<string, unknown>> {
  status: number
  headers: Headers
  body: Body
  text: string
}

export interface Ask {
  method?: string
  token?: string
  /** Sent as JSON. */
  body?: unknown
  headers?: Record<string, string>
}

export interface World {
  lazaret: Lazaret
  server: HttpServer
  log: string[]
  port: number
  /** Below `/api/v1` where it does not begin with a slash. */
  ask<Body = Record<string, unknown>>(path: string, ask?: Ask): Promise<Answer<Body>>
  token(account: string, may?: TokenScope): Promise<string>
}

const servers: HttpServer[] = []
afterAll(async () => {
  for (const server of servers) await server.close()
})

export const HTTP: Ini = { http: { tls: 'no', requests_per_minute: 1_000_000 } }

export async function world(ini: Ini = {}): Promise<World> {
  return await serve(rig({ ...ini, http: { tls: 'no', ...(ini.http as object | undefined) } }))
}

/** The same on a quarantine whose configuration has `HTTP`. */
export async function serve(lazaret: Lazaret): Promise<World> {
  const log: string[] = []
  const add = (line: string): void => void log.push(line)
  const server = new HttpServer({
    quarantine: lazaret.quarantine,
    log: { info: add, warn: add, error: add },
    listen: { host: '127.0.0.1', port: 0 },
    pem: null,
    enter: () => () => undefined,
  })
  servers.push(server)
  const port = await server.listen()
  const base = `http://127.0.0.1:${port}`
  return {
    lazaret,
    server,
    log,
    port,
    ask: async <Body>(path: string, { method = 'GET', token, body, headers = {} }: Ask = {}) => {
      const response = await fetch(`${base}${path.startsWith('/') ? '' : '/api/v1/'}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      const text = await response.text()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      return {
        status: response.status,
        headers: response.headers,
        body: (isJson && text !== '' ? JSON.parse(text) : null) as Body,
        text,
      }
    },
    token: async (account, may = 'admin') =>
      (await lazaret.quarantine.as(ROOT).tokens.make({ account, name: `${may} token`, may }))
        .secret,
  }
}

/** Accounts with passwords take their time: some at once. */
export async function accounts(
  { lazaret }: World,
  ...all: [name: string, tier: 'super-admin' | 'domain' | 'address'][]
): Promise<void> {
  for (const [name, tier] of all)
    await lazaret.quarantine.as(ROOT).accounts.add(name, tier, PASSWORD)
}

export const PASSWORD = 'correct horse battery'
