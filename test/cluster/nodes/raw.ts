// A client of PostgreSQL that stops where no library would: in the middle of a message, or without reading.
import { connect, type Socket } from 'node:net'

const PROTOCOL = 196_608

export class RawClient {
  readonly closed: Promise<void>
  readonly #socket: Socket
  #buffer = Buffer.alloc(0)
  #ready: (() => void)[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => this.#read(Buffer.from(chunk)))
  }

  static async connect(port: number, user: string, database: string): Promise<RawClient> {
    const client = new RawClient(connect(port, '127.0.0.1'))
    const names = Buffer.from(`user\0${user}\0database\0${database}\0\0`)
    const head = Buffer.alloc(8)
    head.writeInt32BE(8 + names.length)
    head.writeInt32BE(PROTOCOL, 4)
    client.#socket.write(Buffer.concat([head, names]))
    await client.#answered()
    return client
  }

  async query(text: string): Promise<void> {
    this.#send('Q', Buffer.from(`${text}\0`))
    await this.#answered()
  }

  /** Asks, and does not read what is answered. */
  deaf(text: string): void {
    this.#socket.pause()
    this.#send('Q', Buffer.from(`${text}\0`))
  }

  /** A quarter of a Bind message of 200 kB, and then nothing. */
  async halfBind(): Promise<void> {
    this.#send('P', Buffer.from('\0SELECT length($1::text)\0\0\0'))
    const size = 200_000
    const head = Buffer.alloc(5)
    head.write('B')
    head.writeInt32BE(size, 1)
    await new Promise((resolve) =>
      this.#socket.write(Buffer.concat([head, Buffer.alloc(size / 4)]), resolve),
    )
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #send(type: string, body: Buffer): void {
    const head = Buffer.alloc(5)
    head.write(type)
    head.writeInt32BE(4 + body.length, 1)
    this.#socket.write(Buffer.concat([head, body]))
  }

  async #answered(): Promise<void> {
    await Promise.race([new Promise<void>((resolve) => this.#ready.push(resolve)), this.closed])
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    while (this.#buffer.length >= 5) {
      const end = 1 + this.#buffer.readInt32BE(1)
      if (this.#buffer.length < end) return
      // ReadyForQuery.
      if (this.#buffer[0] === 0x5a) this.#ready.shift()?.()
      this.#buffer = this.#buffer.subarray(end)
    }
  }
}
