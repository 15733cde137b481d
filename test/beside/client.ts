// An IMAP client that keeps what it is told: one command at a time, the answer as one string.
import { connect, type TLSSocket } from 'node:tls'
import type { Credentials } from '../../bench/phases/imap/client.ts'

export class Client {
  readonly #socket: TLSSocket
  #tag = 0
  #chunks: Buffer[] = []
  #wait: { tag: string; resolve: (text: string) => void; reject: (error: Error) => void } | null =
    null

  private constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#wait?.reject(error))
    this.#socket.on('close', () =>
      this.#wait?.reject(new Error('the server closed the connection')),
    )
  }

  static async open(port: number, { name, password }: Credentials): Promise<Client> {
    const client = new Client(port)
    await client.#until('*')
    await client.run(`LOGIN ${name} ${password}`)
    return client
  }

  /**
   * Sends one command, literals in place, and answers all untagged responses, one char a byte. Throws unless it
   * ends with OK.
   */
  async run(command: string, more: readonly Buffer[] = []): Promise<string> {
    const tag = `tag${++this.#tag}`
    const answer = this.#until(tag)
    const line = Buffer.from(`${tag} ${command}`, 'latin1')
    this.#socket.write(Buffer.concat([line, ...more, Buffer.from('\r\n')]))
    const text = await answer
    const last = text.lastIndexOf(`\r\n${tag} `) + 2
    const start = last < 2 ? 0 : last
    if (!text.startsWith(`${tag} OK`, start))
      throw new Error(`${command.slice(0, 200)}: ${text.slice(start).trim()}`)
    return text.slice(0, start)
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  async #until(tag: string): Promise<string> {
    this.#chunks = []
    return await new Promise((resolve, reject) => {
      this.#wait = { tag, resolve, reject }
    })
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    if (this.#wait === null || chunk[chunk.length - 1] !== 10) return
    // The tagged line may have come in pieces; it is short.
    const tail = Buffer.concat(this.#chunks.slice(-8)).subarray(-2000).toString('latin1')
    const line = tail.slice(tail.lastIndexOf('\n', tail.length - 2) + 1)
    if (!line.startsWith(`${this.#wait.tag} `)) return
    const { resolve } = this.#wait
    this.#wait = null
    resolve(Buffer.concat(this.#chunks).toString('latin1'))
  }
}
