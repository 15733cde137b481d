// The listener of HTTP: TLS, limits on who may connect and on how long a request may take to come in. What is asked is
// answered by the application (app.ts).
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Door } from '../quarantine/quarantine.ts'
import type { Crowds } from './admit.ts'
import { makeApp, type App } from './app.ts'
import type { Log } from './context.ts'
import { limits } from './limits.ts'
import { proxiesOf } from './proxies.ts'

/** Counts connections; null: there are too many. */
export type Enter = (address: string, proxy: boolean) => (() => void) | null

export interface HttpOptions {
  readonly quarantine: Door
  readonly log: Log
  /** An address (port 0: any free one), or the descriptor of a bound socket. */
  readonly listen: { readonly host: string; readonly port: number } | { readonly fd: number }
  /** Certificate chain and private key in PEM; null: plain HTTP, for a reverse proxy. */
  readonly pem: { readonly cert: string; readonly key: string } | null
  readonly enter: Enter
}

export class HttpServer {
  readonly #options: HttpOptions
  #app: App | null = null
  #server: Server | TlsServer | null = null

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** Resolves with the port when people are served; rejects when it is taken. */
  async listen(): Promise<number> {
    const { quarantine, log, listen, pem, enter } = this.#options
    const isProxy = proxiesOf(quarantine.config.http.trust_proxy)
    const app = (this.#app = await makeApp({ quarantine, log, isProxy }))
    const server = (this.#server = makeServer(pem, app.listener))
    server.on('connection', (socket: Socket) => admit(socket, isProxy, enter, log))
    // A stranger's broken TLS or HTTP is no fault of ours.
    server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy())
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ ...listen }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    server.on('error', (error) => log.error(`http listener: ${error.message}`))
    return (server.address() as AddressInfo).port
  }

  /** Requests that are answered, and what they hold. */
  get crowds(): Crowds | null {
    return this.#app?.crowds ?? null
  }

  /** A renewed certificate: new connections get it. */
  renew(pem: NonNullable<HttpOptions['pem']>): void {
    if (this.#server && 'setSecureContext' in this.#server)
      this.#server.setSecureContext({ ...pem, minVersion: TLS_MIN })
  }

  /** Stops listening, lets requests under way end, and closes what waits. */
  async close(): Promise<void> {
    const server = this.#server
    const closed = server && new Promise<void>((resolve) => server.close(() => resolve()))
    await this.#app?.close()
    server?.closeIdleConnections()
    await closed
  }
}

/** RFC 9325 §3.1.1. */
const TLS_MIN = 'TLSv1.2'

function makeServer(pem: HttpOptions['pem'], listener: RequestListener): Server | TlsServer {
  const bounds = {
    headersTimeout: limits.HEADER_MS,
    requestTimeout: limits.REQUEST_MS,
    keepAliveTimeout: limits.IDLE_MS,
    maxHeaderSize: limits.HEADER_MAX,
    connectionsCheckingInterval: limits.CHECK_MS,
  }
  const server = pem
    ? createTlsServer({ ...bounds, ...pem, minVersion: TLS_MIN }, listener)
    : createPlainServer(bounds, listener)
  server.maxHeadersCount = limits.HEADERS_MAX
  // Of a connection on which nothing moves: streams have their beats.
  server.setTimeout(limits.WRITE_MS)
  return server
}

function admit(socket: Socket, isProxy: (address: string) => boolean, enter: Enter, log: Log) {
  const address = (socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '')
  const leave = enter(address, isProxy(address))
  if (leave) {
    socket.once('close', leave)
    return
  }
  log.warn(`http connection refused: rip=${address}, reason="too many"`)
  socket.destroy()
}
