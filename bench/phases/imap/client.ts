// An IMAP client that costs little: it counts octets and looks for the tagged line alone.
import type { ConnectOpts } from 'node:net'
import { connect, createSecureContext, type ConnectionOptions, type TLSSocket } from 'node:tls'

export interface Answer {
  /** octets, the tagged line included */
  readonly bytes: number
  /** text of the tagged line behind the tag */
  readonly status: string
  /** the end of the answer, some hundred octets */
  readonly tail: string
}

const TAIL = 512
/** Reads of one turn come in one piece of up to this. */
const READ = 256 * 1024
/** Made once: it costs more than a handshake. No session is resumed: each client is a new one. */
const CONTEXT = createSecureContext()

export class BenchClient {
  readonly #socket: TLSSocket
  #tag = 0
  #tail: Buffer = Buffer.alloc(0)
  #bytes = 0
  #wait: { prefix: string; resolve: (answer: Answer) => void; reject: (e: Error) => void } | null =
    null

  private constructor(port: number) {
    const buffer = Buffer.allocUnsafe(READ)
    // `onread` is an option of TLS sockets too (Node's documentation of tls.connect); the types lack it.
    const options: ConnectionOptions & Pick<ConnectOpts, 'onread'> = {
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      secureContext: CONTEXT,
      onread: {
        buffer,
        callback: (length) => {
          this.#take(buffer.subarray(0, length))
          return true
        },
      },
    }
    const socket = connect(options)
    this.#socket = socket
    socket.on('error', (error) => this.#wait?.reject(error))
    socket.on('close', () => this.#wait?.reject(new Error('the server closed the connection')))
  }

  /** Connects by TLS to a local port and reads the greeting. */
  static async connect(port: number): Promise<BenchClient> {
    const client = new BenchClient(port)
    await client.#until('*')
    client.#socket.setNoDelay(true)
    return client
  }

  /** Connects, logs in and selects. */
  static async open(port: number, user: Credentials, folder: string): Promise<BenchClient> {
    const client = await BenchClient.connect(port)
    await client.run(`LOGIN ${user.name} ${user.password}`)
    await client.run(`SELECT ${folder}`)
    return client
  }

  /** Sends one command and waits for its end; throws unless it is OK. `more` follows its line. */
  async run(command: string, more: readonly Buffer[] = []): Promise<Answer> {
    const tag = `t${++this.#tag}`
    const done = this.#until(tag)
    if (more.length === 0) this.#socket.write(`${tag} ${command}\r\n`)
    else this.#socket.write(Buffer.concat([Buffer.from(`${tag} ${command}`), ...more]))
    const answer = await done
    if (!answer.status.startsWith('OK'))
      throw new Error(`${command.slice(0, 80)}: ${answer.status}`)
    return answer
  }

  /** IDLE until the connection is closed. */
  async idle(): Promise<void> {
    const waiting = this.#until('+')
    this.#socket.write(`t${++this.#tag} IDLE\r\n`)
    await waiting
  }

  async logout(): Promise<void> {
    await this.run('LOGOUT')
    this.destroy()
  }

  destroy(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #until(prefix: string): Promise<Answer> {
    this.#bytes = 0
    this.#tail = Buffer.alloc(0)
    return new Promise((resolve, reject) => {
      this.#wait = { prefix: `${prefix} `, resolve, reject }
    })
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length
    this.#tail =
      chunk.length >= TAIL
        ? Buffer.from(chunk.subarray(chunk.length - TAIL))
        : Buffer.concat([this.#tail, chunk]).subarray(-TAIL)
    if (this.#wait === null || this.#tail[this.#tail.length - 1] !== 10) return
    const tail = this.#tail.toString('latin1')
    const line = tail.slice(tail.lastIndexOf('\n', tail.length - 2) + 1)
    if (!line.startsWith(this.#wait.prefix)) return
    const { prefix, resolve } = this.#wait
    this.#wait = null
    resolve({ bytes: this.#bytes, status: line.slice(prefix.length).trim(), tail })
  }
}

export interface Credentials {
  readonly name: string
  readonly password: string
}

/** Appends messages by MULTIAPPEND (RFC 3502) in commands of some megabytes. */
export async function appendAll(
  client: BenchClient,
  folder: string,
  messages: Iterable<Buffer>,
): Promise<void> {
  const most = 8 * 1024 * 1024
  let parts: Buffer[] = []
  let size = 0
  const send = async () => {
    if (parts.length > 0) await client.run(`APPEND ${folder}`, [...parts, Buffer.from('\r\n')])
    parts = []
    size = 0
  }
  for (const raw of messages) {
    parts.push(Buffer.from(` {${raw.length}+}\r\n`), raw)
    size += raw.length
    if (size > most) await send()
  }
  await send()
}
