// A server that speaks lines, over TLS alone: nothing secret is said before its certificate was found to be that of its
// name. One connection a password; all of it within the deadline.
import { connect as plainConnect, isIP, type Socket } from 'node:net'
import {
  checkServerIdentity,
  connect as tlsConnect,
  type ConnectionOptions,
  type TLSSocket,
} from 'node:tls'

export interface Server {
  readonly host: string
  readonly port: number
  readonly tls: 'implicit' | 'starttls'
  /** That the certificate has to be of. */
  readonly name: string
  /** PEM; undefined: what Node.js trusts. */
  readonly ca: string | undefined
  /** Ms for all that is asked. */
  readonly deadline: number
}

/** Octets of a line, and of all that is read: no password takes more. */
const LINE_MAX = 8192
const READ_MAX = 65_536

export function tlsOptions({ name, ca }: Server): ConnectionOptions {
  return {
    // RFC 6066 §3: an address is no server name
    ...(isIP(name) === 0 && { servername: name }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
  }
}

/** Lines of a server; ends with whatever goes wrong. */
export class Dialogue {
  #socket: Socket
  #text = ''
  #read = 0
  #failed: Error | null = null
  #wake: (() => void) | null = null
  readonly #hear = (bytes: Buffer): void => {
    this.#read += bytes.length
    this.#text += bytes.toString('latin1')
    if (this.#read > READ_MAX || this.#text.length > LINE_MAX + READ_MAX)
      this.fail(new Error('it says too much'))
    this.#wake?.()
  }
  readonly #error = (error: Error): void => this.fail(error)
  readonly #close = (): void => this.fail(new Error('it closed the connection'))

  constructor(socket: Socket) {
    this.#socket = socket
    this.#listen()
  }

  fail(error: Error): void {
    this.#failed ??= error
    this.#socket.destroy()
    this.#wake?.()
  }

  say(line: string): void {
    this.#socket.write(`${line}\r\n`)
  }

  /** The next line, without its end. */
  async line(): Promise<string> {
    for (;;) {
      const at = this.#text.indexOf('\n')
      if (at >= 0) {
        const line = this.#text.slice(0, at).replace(/\r$/, '')
        this.#text = this.#text.slice(at + 1)
        return line
      }
      if (this.#failed) throw this.#failed
      if (this.#text.length > LINE_MAX) throw new Error('it says a line without an end')
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = null
    }
  }

  /** From here on over TLS. What was said ahead of it is dropped: anybody may have said that. */
  async secure(options: ConnectionOptions): Promise<void> {
    const plain = this.#socket
    plain.off('data', this.#hear).off('error', this.#error).off('close', this.#close)
    this.#text = ''
    this.#socket = tlsConnect({ ...options, socket: plain })
    this.#listen()
    await this.#secured()
  }

  async secured(): Promise<void> {
    await this.#secured()
  }

  async #secured(): Promise<void> {
    const socket = this.#socket as TLSSocket
    let done = false
    socket.once('secureConnect', () => {
      done = true
      this.#wake?.()
    })
    while (!done) {
      if (this.#failed) throw this.#failed
      await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#wake = null
    }
  }

  #listen(): void {
    this.#socket.on('data', this.#hear).on('error', this.#error).on('close', this.#close)
  }

  end(): void {
    this.#failed ??= new Error('ended')
    this.#socket.destroy()
  }
}

/** Runs `talk` with a connection to the server, over TLS where that begins with it, and ends it. */
export async function withServer<T>(
  server: Server,
  talk: (dialogue: Dialogue) => Promise<T>,
): Promise<T> {
  const { host, port, tls, deadline } = server
  const socket =
    tls === 'implicit'
      ? tlsConnect({ ...tlsOptions(server), host, port })
      : plainConnect({ host, port })
  const dialogue = new Dialogue(socket)
  const late = setTimeout(
    () => dialogue.fail(new Error(`it did not answer within ${deadline / 1000} seconds`)),
    deadline,
  )
  try {
    if (tls === 'implicit') await dialogue.secured()
    return await talk(dialogue)
  } finally {
    clearTimeout(late)
    dialogue.end()
  }
}
