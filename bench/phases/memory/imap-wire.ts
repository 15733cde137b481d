// An IMAP client that throws away what it is told, but the tagged responses.
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'

interface Waiting {
  end: RegExp
  resolve: () => void
  reject: (error: Error) => void
}

export class ImapWire {
  readonly #socket: TLSSocket
  #tail = ''
  #tag = 0
  #waiting: Waiting | null = null

  private constructor(socket: TLSSocket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    const lost = (): void => this.#waiting?.reject(new Error('the server closed the connection'))
    socket.on('error', lost)
    socket.on('close', lost)
  }

  static async open(port: number): Promise<ImapWire> {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    return new ImapWire(socket)
  }

  /** Resolves with the tagged OK. */
  async command(line: string): Promise<void> {
    const tag = `t${++this.#tag}`
    this.#socket.write(`${tag} ${line}\r\n`)
    await this.#until(tag)
  }

  async append(folder: string, raw: Buffer): Promise<void> {
    const tag = `t${++this.#tag}`
    this.#socket.write(`${tag} APPEND "${folder}" {${raw.length}+}\r\n`)
    this.#socket.write(raw)
    this.#socket.write('\r\n')
    await this.#until(tag)
  }

  close(): void {
    this.#socket.destroy()
  }

  async #until(tag: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting = { end: new RegExp(`^${tag} (\\w+)[^\\r]*\\r\\n$`, 'm'), resolve, reject }
    })
  }

  #take(chunk: Buffer): void {
    // The tagged response is the last line: what came before it need not be kept.
    this.#tail = (this.#tail + chunk.toString('latin1')).slice(-1000)
    const waiting = this.#waiting
    const found = waiting?.end.exec(this.#tail)
    if (!waiting || !found) return
    this.#waiting = null
    this.#tail = ''
    if (found[1] === 'OK') waiting.resolve()
    else waiting.reject(new Error(found[0]))
  }
}
