// The bytes of one connection: plain, TLS, compressed. Reads only when asked to, so that a client that
// sends without end waits in its own kernel, and tells when a client does not read.
import type { Socket } from 'node:net'
import { TLSSocket, type SecureContext } from 'node:tls'
import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  type InflateRaw,
} from 'node:zlib'
import { limits } from '../wire/index.ts'

/** The connection is gone; nobody is left to answer. */
export class Gone extends Error {
  override name = 'Gone'
}

/** Below this, chunks are joined to one write, which TLS makes one record of. */
const JOIN_BELOW = 16_384
/** How long after our end the client has to read what we said, in ms. */
const LINGER = 2000
/** TCP keep-alive finds half-open connections of sleeping phones long before they time out, in ms. */
const KEEP_ALIVE = 120_000

/** Why a wait for the client ends: silence, the server's end, or an account that is not what it was. */
export type Interruption = 'timeout' | 'shutdown' | 'account'

export class Transport {
  #socket: Socket
  #inflate: InflateRaw | null = null
  #deflate: DeflateRaw | null = null
  /** who waits for something to happen: in IDLE a reader and a writer */
  #waiting: (() => void)[] = []
  #listeners: Record<string, () => void> = {}
  #interrupt: Interruption | null = null
  #time = 0
  #closed = false
  #ended = false
  #resolve: () => void = () => {}
  /** Resolves when the connection is gone. */
  readonly closed = new Promise<void>((resolve) => {
    this.#resolve = resolve
  })

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true) // without it a UID MOVE takes 44 ms (docs/clients.md)
    socket.setKeepAlive(true, KEEP_ALIVE)
    socket.on('error', () => this.destroy())
    this.#attach(socket)
  }

  get secure(): boolean {
    return this.#socket instanceof TLSSocket
  }

  get compressed(): boolean {
    return this.#deflate !== null
  }

  /** Octets that wait to be sent. */
  get waiting(): number {
    return this.#socket.writableLength + (this.#deflate?.writableLength ?? 0)
  }

  /** Is so much unsent that a new response has to wait? */
  get choked(): boolean {
    return this.waiting > limits.OUTPUT_HIGH_WATER
  }

  /** Next bytes; 'end' when the client has gone, or what interrupted the wait. */
  async read(): Promise<Buffer | 'end' | Interruption> {
    for (;;) {
      const source = this.#inflate ?? this.#socket
      const chunk = source.read() as Buffer | null
      if (chunk !== null) return chunk
      if (this.#closed || source.readableEnded || source.destroyed) return 'end'
      if (this.#interrupt) return this.#interrupt
      await this.#woken()
    }
  }

  /** Ends the wait of `read`, now or next time. */
  interrupt(why: Interruption): void {
    this.#interrupt ??= why
    this.#wake()
  }

  /** Silence after which `read` answers 'timeout' and a stuck write fails, in ms. */
  timeout(ms: number): void {
    if (ms === this.#time) return
    this.#time = ms
    this.#socket.setTimeout(ms)
  }

  /** Hands bytes over for sending; how much waits is told by `choked`. */
  send(chunks: readonly Buffer[]): void {
    if (this.#closed || this.#ended) return
    const out = this.#deflate ?? this.#socket
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    if (size === 0) return
    if (size < JOIN_BELOW) out.write(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
    else {
      out.cork()
      for (const chunk of chunks) out.write(chunk)
      out.uncork()
    }
    // RFC 4978 §3: the client must be able to read a response when it is complete.
    this.#deflate?.flush(constants.Z_SYNC_FLUSH)
  }

  /** Resolves when the client has taken enough; throws Gone when it does not. */
  async drained(): Promise<void> {
    const before = this.#time
    this.timeout(limits.WRITE_TIME)
    while (this.choked && !this.#closed) {
      if (this.#interrupt === 'timeout') this.destroy()
      else await this.#woken()
    }
    this.timeout(before)
    if (this.#closed) throw new Gone('the connection is closed')
  }

  /**
   * Becomes TLS, as the server. After STARTTLS what was received before is dropped (RFC 9051 §6.2.1); on
   * the implicit TLS port (`fresh`) it is the beginning of the handshake.
   */
  async startTls(secureContext: SecureContext, { fresh }: { fresh: boolean }): Promise<void> {
    const plain = this.#socket
    this.#detach(plain)
    if (!fresh) while (plain.read() !== null) continue
    const socket = new TLSSocket(plain, { isServer: true, secureContext })
    this.#socket = socket
    socket.on('error', () => this.destroy())
    socket.on('_tlsError', () => this.destroy())
    plain.once('close', () => this.destroy())
    // Half of a handshake and then the client's end: nothing will follow.
    const left = (): void => this.destroy()
    socket.once('end', left)
    let secured = false
    socket.once('secure', () => {
      secured = true
      this.#wake()
    })
    while (!secured && !this.#closed) {
      if (this.#interrupt) this.destroy()
      else await this.#woken()
    }
    if (this.#closed) throw new Gone('no TLS handshake')
    socket.off('end', left)
    this.#attach(socket)
    if (this.#time > 0) socket.setTimeout(this.#time)
  }

  /** Compresses from here on (RFC 4978); `rest` was received already and is compressed. */
  compress(rest: Buffer): void {
    const socket = this.#socket
    this.#detach(socket)
    const inflate = createInflateRaw({ chunkSize: limits.INFLATE_CHUNK })
    const deflate = createDeflateRaw({ level: 3 })
    inflate.on('error', () => this.destroy())
    deflate.on('data', (bytes: Buffer) => socket.write(bytes))
    deflate.on('drain', () => this.#wake())
    this.#inflate = inflate
    this.#deflate = deflate
    if (rest.length > 0) inflate.write(rest)
    socket.pipe(inflate)
    this.#attach(socket)
    inflate.on('readable', () => this.#wake())
    inflate.on('end', () => this.#wake())
  }

  /** Ends the connection after what was sent. */
  end(): void {
    if (this.#closed || this.#ended) return
    this.#ended = true
    const socket = this.#socket
    this.#detach(socket)
    socket.once('close', () => this.destroy())
    const finish = (): void => {
      socket.end()
      // Unread bytes would turn our close into a reset, and the client would miss our last words.
      socket.resume()
    }
    if (this.#deflate) this.#deflate.once('end', finish).end()
    else finish()
    setTimeout(() => this.destroy(), LINGER).unref()
  }

  destroy(): void {
    if (!this.#closed) {
      this.#closed = true
      this.#socket.destroy()
      this.#inflate?.destroy()
      this.#deflate?.destroy()
      this.#resolve()
    }
    this.#wake()
  }

  async #woken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #attach(socket: Socket): void {
    const wake = (): void => this.#wake()
    this.#listeners = {
      end: wake,
      drain: wake,
      timeout: () => this.interrupt('timeout'),
      close: () => this.destroy(),
    }
    if (!this.#inflate) this.#listeners.readable = wake
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener)
  }

  #detach(socket: Socket): void {
    for (const [event, listener] of Object.entries(this.#listeners)) socket.off(event, listener)
    socket.setTimeout(0)
  }
}
