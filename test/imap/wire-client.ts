// A client that shows the bare protocol: sends lines, answers lines.
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  type InflateRaw,
} from 'node:zlib'

export interface Answer {
  /** lines before the tagged one, literals within them */
  readonly untagged: string[]
  /** without the tag */
  readonly tagged: string
}

export class WireClient {
  #socket: Socket
  #bytes = Buffer.alloc(0)
  #wake: (() => void) | null = null
  #ended = false
  #tag = 0
  #deflate: DeflateRaw | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen(socket)
  }

  static async connect(port: number, { tls }: { tls: boolean }): Promise<WireClient> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const made: Socket = tls
        ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => resolve(made))
        : connectPlain({ port, host: '127.0.0.1' }, () => resolve(made))
      made.once('error', reject)
    })
    return new WireClient(socket)
  }

  /** Goes on over TLS. */
  async startTls(): Promise<void> {
    const plain = this.#socket
    plain.removeAllListeners('data')
    this.#socket = await new Promise<Socket>((resolve, reject) => {
      const made: Socket = connectTls({ socket: plain, rejectUnauthorized: false }, () =>
        resolve(made),
      )
      made.once('error', reject)
    })
    this.#listen(this.#socket)
  }

  /** Goes on compressed (RFC 4978). */
  compress(): void {
    const socket = this.#socket
    for (const event of ['data', 'end', 'close']) socket.removeAllListeners(event)
    const inflate = createInflateRaw()
    socket.once('close', () => inflate.end())
    this.#listen(socket.pipe(inflate))
    this.#deflate = createDeflateRaw()
    this.#deflate.on('data', (chunk: Buffer) => socket.write(chunk))
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Sends bytes as they are. */
  write(bytes: string | Uint8Array): void {
    if (!this.#deflate) this.#socket.write(bytes)
    else {
      this.#deflate.write(bytes)
      this.#deflate.flush(constants.Z_SYNC_FLUSH)
    }
  }

  /** Ends our side; the server may still answer. */
  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Stops reading, so that the server's output waits. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  async greeting(): Promise<string> {
    return await this.line()
  }

  /** Next response line without its end; literals stand in it as they came. */
  async line(): Promise<string> {
    for (let from = 0; ;) {
      const end = this.#bytes.indexOf('\r\n', from)
      if (end < 0) await this.#more()
      else {
        const literal = /~?\{(\d+)\}$/.exec(this.#bytes.toString('latin1', from, end))
        if (!literal) return this.#take(end + 2).toString('latin1', 0, end)
        from = end + 2 + Number(literal[1])
        while (this.#bytes.length < from) await this.#more()
      }
    }
  }

  /** Sends `text` with a new tag and collects its answer. */
  async command(text: string): Promise<Answer> {
    const tag = this.send(text)
    return await this.answer(tag)
  }

  /** Sends `text` with a new tag; answers the tag. */
  send(text: string): string {
    const tag = `a${++this.#tag}`
    this.write(Buffer.from(`${tag} ${text}\r\n`, 'latin1'))
    return tag
  }

  async answer(tag: string): Promise<Answer> {
    const untagged: string[] = []
    for (;;) {
      const line = await this.line()
      if (line.startsWith(`${tag} `)) return { untagged, tagged: line.slice(tag.length + 1) }
      untagged.push(line)
    }
  }

  /** A command that must succeed; answers its untagged lines. */
  async ok(text: string): Promise<string[]> {
    const { untagged, tagged } = await this.command(text)
    if (!tagged.startsWith('OK')) throw new Error(`${text}: ${tagged}`)
    return untagged
  }

  /** Appends with a synchronizing literal. */
  async append(mailbox: string, raw: Uint8Array, flags = ''): Promise<Answer> {
    const tag = this.send(`APPEND ${mailbox} ${flags}{${raw.length}}`)
    const line = await this.line()
    if (!line.startsWith('+')) return { untagged: [], tagged: line.slice(tag.length + 1) }
    this.write(raw)
    this.write('\r\n')
    return await this.answer(tag)
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.#more()
      } catch {
        return
      }
    }
  }

  #take(size: number): Buffer {
    const taken = this.#bytes.subarray(0, size)
    this.#bytes = this.#bytes.subarray(size)
    return taken
  }

  async #more(): Promise<void> {
    if (this.#ended)
      throw new Error(`the server has closed the connection; left: ${this.#bytes.toString()}`)
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
  }

  #listen(socket: Socket | InflateRaw): void {
    socket.on('data', (chunk: Buffer) => this.#got(chunk))
    const end = (): void => {
      this.#ended = true
      this.#wake?.()
    }
    socket.on('end', end)
    socket.on('close', end)
    socket.on('error', end)
  }

  #got(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    this.#wake?.()
  }
}
