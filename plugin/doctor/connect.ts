// Asks servers whether they are there: a connection, and the first line that they say.
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'

/** Longer waits nobody who sits before it. */
export const TIMEOUT_MS = 5000
const LINE_MAX = 1000

export interface Answered {
  /** The first line, without its end. */
  line: string
  /** Over TLS: the certificate that was shown (DER). */
  certificate: Buffer | null
}

/** `silent`: a server that waits to be spoken to; its line is ''. Throws, in words, why nobody answered. */
export async function greetingOf(
  host: string,
  port: number,
  { tls = false, silent = false } = {},
): Promise<Answered> {
  const socket = tls
    ? connectTls({ host, port, rejectUnauthorized: false, servername: '' })
    : connectTcp({ host, port })
  try {
    return await new Promise<Answered>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`does not answer within ${TIMEOUT_MS / 1000} s`)),
        TIMEOUT_MS,
      )
      socket.once('close', () => clearTimeout(late))
      socket.once('error', (error: NodeJS.ErrnoException) => reject(new Error(reasonOf(error))))
      socket.once('end', () => reject(new Error('closes the connection without a word')))
      if (silent)
        socket.once(tls ? 'secureConnect' : 'connect', () =>
          resolve({ line: '', certificate: shownBy(socket) }),
        )
      let text = ''
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk
        if (text.includes('\n') || text.length > LINE_MAX)
          resolve({ line: text.split(/\r?\n/)[0].slice(0, LINE_MAX), certificate: shownBy(socket) })
      })
    })
  } finally {
    socket.destroy()
  }
}

function shownBy(socket: Socket | TLSSocket): Buffer | null {
  if (!('getPeerCertificate' in socket)) return null
  const shown = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate>
  return shown.raw ?? null
}

/** Why nobody answered, in words. */
export function reasonOf({ code, name, message }: NodeJS.ErrnoException): string {
  if (name === 'AbortError' || name === 'TimeoutError')
    return `does not answer within ${TIMEOUT_MS / 1000} s`
  if (code === 'ECONNREFUSED') return 'refuses: nobody listens there'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'has no address in the DNS'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return 'cannot be reached from this network'
  if (code === 'ECONNRESET') return 'breaks the connection off'
  return message
}
