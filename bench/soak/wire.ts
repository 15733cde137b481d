// The bytes of one soak client: lines with their literals, one char a byte.
import { connect, createSecureContext, type TLSSocket } from 'node:tls'

const CONTEXT = createSecureContext()

export class Wire {
  readonly #socket: TLSSocket
  #text = ''
  #closed = false
  #wake: (() => void) | null = null

  constructor(port: number) {
    const options = { host: '127.0.0.1', port, rejectUnauthorized: false, secureContext: CONTEXT }
    this.#socket = connect(options)
    this.#socket.setEncoding('latin1')
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk: string) => {
      this.#text += chunk
      this.#wake?.()
    })
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => {
      this.#closed = true
      this.#wake?.()
    })
  }

  send(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  /** Leaves without a word. */
  destroy(): void {
    this.#socket.destroy()
  }

  /** Next response without its CRLF. */
  async line(): Promise<string> {
    for (let from = 0; ;) {
      const end = this.#text.indexOf('\r\n', from)
      if (end < 0) await this.#more()
      else {
        const literal = /~?\{(\d+)\}$/.exec(this.#text.slice(Math.max(from, end - 20), end))
        if (!literal) return this.#take(end)
        from = end + 2 + Number(literal[1])
        while (this.#text.length < from) await this.#more()
      }
    }
  }

  #take(end: number): string {
    const line = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 2)
    return line
  }

  async #more(): Promise<void> {
    if (this.#closed) throw new Error('the server closed the connection')
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = null
  }
}
