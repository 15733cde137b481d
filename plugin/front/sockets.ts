// The ports of the front, bound for as long as Haraka's main process lives.
import { ConfigError, type Config } from '../config.ts'
import { proxiesOf } from '../http/proxies.ts'
import { bind, isTaken, type Bound } from './bind.ts'

/** What is served; null: off. */
export interface Served<Port> {
  readonly tls: Port | null
  readonly startTls: Port | null
  readonly http: Port | null
}

export interface Sockets extends Served<Bound> {
  close(): void
}

/** The plugins for which the front works: `lazaret/imap`, `lazaret/http`. */
export type Serving = { readonly imap: boolean; readonly http: boolean }

/** The front of a Haraka that was killed is gone within some seconds (watchdog.ts), also where it hangs. */
const ORPHAN_MS = 6000
const PAUSE_MS = 100

/** Throws ConfigError, in words, for what is wrong with a port. Synchronous, because register() cannot wait. */
export function bindAll({ imap, http }: Config, serving: Serving): Sockets {
  const bound: Bound[] = []
  const close = (): void => {
    for (const one of bound) one.close()
  }
  const one = (section: string, host: string, port: number): Bound | null => {
    if (port === 0) return null
    try {
      const socket = bindOne(host, port)
      bound.push(socket)
      return socket
    } catch (error) {
      close()
      throw new ConfigError(`lazaret.ini: [${section}]: ${(error as Error).message}`)
    }
  }
  if (serving.http) checkProxies(http.trust_proxy)
  return {
    tls: serving.imap ? one('imap', imap.host, imap.tls_port) : null,
    startTls: serving.imap ? one('imap', imap.host, imap.starttls_port) : null,
    http: serving.http ? one('http', http.host, http.port) : null,
    close,
  }
}

function checkProxies(text: string): void {
  try {
    proxiesOf(text)
  } catch (error) {
    throw new ConfigError(`lazaret.ini: http.trust_proxy: ${(error as Error).message}`)
  }
}

/** As it is written. */
export const endpoint = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

function bindOne(host: string, port: number): Bound {
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return bind(host, port)
    } catch (error) {
      if (!isTaken(error) || waited >= ORPHAN_MS) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
}
