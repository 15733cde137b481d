// The ports of the front, bound for as long as Haraka's main process lives.
import { bind, isTaken, type Bound } from './bind.ts'

export interface Sockets {
  readonly tls: Bound | null
  readonly startTls: Bound | null
  close(): void
}

export interface Ports {
  readonly host: string
  /** 0: off. */
  readonly tls_port: number
  readonly starttls_port: number
}

/** The front of a Haraka that was killed is gone within some seconds (watchdog.ts), also where it hangs. */
const ORPHAN_MS = 6000
const PAUSE_MS = 100

/** Throws, in words, what is wrong with a port. Synchronous, because register() cannot wait. */
export function bindAll({ host, tls_port, starttls_port }: Ports): Sockets {
  const tls = bindOne(host, tls_port)
  let startTls: Bound | null
  try {
    startTls = bindOne(host, starttls_port)
  } catch (error) {
    tls?.close()
    throw error
  }
  return {
    tls,
    startTls,
    close: () => {
      tls?.close()
      startTls?.close()
    },
  }
}

function bindOne(host: string, port: number): Bound | null {
  if (port === 0) return null
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return bind(host, port)
    } catch (error) {
      if (!isTaken(error) || waited >= ORPHAN_MS) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
}
