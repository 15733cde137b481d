// The mail server behind the gateway: takes every message, byte for byte, and hands it on. SMTP
// libraries take the dots off lines that end in a bare LF, too; here only CRLF ends a line.
import { createServer, type Server, type Socket } from 'node:net'

export interface Delivery {
  /** Reverse-path without angle brackets. */
  sender: string
  recipient: string
  /** The message as it was sent, without the dots of the transfer (RFC 5321 §4.5.2). */
  raw: Buffer
}

export interface NextHopOptions {
  host: string
  port: number
  /** Called for each recipient before the sender sees 250; a rejection answers 451. */
  deliver(delivery: Delivery): Promise<void>
  /** Another answer than 250 to RCPT, or null. */
  refuse?(recipient: string): string | null
}

const LINE_MAX = 4096
const MESSAGE_MAX = 256 * 2 ** 20
const END = Buffer.from('\r\n.\r\n')
const STUFFED = Buffer.from('\r\n..')

export class NextHop {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #options: NextHopOptions

  private constructor(options: NextHopOptions) {
    this.#options = options
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => this.#sockets.delete(socket))
      SmtpConnection.start(socket, options)
    })
  }

  /** Rejects where the port cannot be had. Port 0: any free one. */
  static async listen(options: NextHopOptions): Promise<NextHop> {
    const hop = new NextHop(options)
    await new Promise<void>((done, failed) => {
      hop.#server.once('error', failed)
      hop.#server.listen(options.port, options.host, done)
    })
    return hop
  }

  get port(): number {
    const address = this.#server.address()
    return address !== null && typeof address === 'object' ? address.port : this.#options.port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((done) => {
      this.#server.close(() => done())
    })
  }
}

/** One connection. Commands are answered in order; those that arrive ahead wait (RFC 2920). */
class SmtpConnection {
  readonly #socket: Socket
  readonly #options: NextHopOptions
  #chunks: Buffer[] = []
  #size = 0
  #sender: string | null = null
  #recipients: string[] = []
  #data = false
  #busy = false

  private constructor(socket: Socket, options: NextHopOptions) {
    this.#socket = socket
    this.#options = options
  }

  static start(socket: Socket, options: NextHopOptions): void {
    const connection = new SmtpConnection(socket, options)
    socket.on('data', (chunk) => connection.#receive(chunk))
    connection.#say('220 next-hop ESMTP')
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size > (this.#data ? MESSAGE_MAX : MESSAGE_MAX + LINE_MAX)) this.#drop('552 too much')
    // Looked at only when a line or the end may have come: a long message is not searched anew each time.
    else if (!this.#busy && (!this.#data || this.#mayEnd())) this.#work()
  }

  #mayEnd(): boolean {
    const last = this.#chunks.slice(-3)
    return Buffer.concat(last)
      .subarray(-65_536 - END.length)
      .includes('.\r\n')
  }

  #work(): void {
    let rest = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    while (!this.#busy && rest.length > 0) {
      const used = this.#data ? this.#message(rest) : this.#line(rest)
      if (used === 0) break
      rest = rest.subarray(used)
    }
    this.#chunks = rest.length > 0 ? [rest] : []
    this.#size = rest.length
  }

  /** Takes one command line; answers the octets used. */
  #line(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n')
    if (end < 0) {
      if (bytes.length > LINE_MAX) this.#drop('500 line too long')
      return 0
    }
    this.#command(bytes.toString('utf8', 0, end))
    return end + 2
  }

  #command(line: string): void {
    const verb = /^[A-Za-z]*/.exec(line)?.[0].toUpperCase()
    const path = /^(?:MAIL FROM|RCPT TO):\s*<([^>]*)>/i.exec(line)?.[1]
    if (verb === 'EHLO') this.#say('250-next-hop\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8')
    else if (verb === 'HELO') this.#say('250 next-hop')
    else if (verb === 'MAIL' && path !== undefined) {
      this.#reset()
      this.#sender = path
      this.#say('250 sender ok')
    } else if (verb === 'RCPT' && path !== undefined) this.#rcpt(path)
    else if (verb === 'DATA') this.#startData()
    else if (verb === 'RSET') {
      this.#reset()
      this.#say('250 forgotten')
    } else if (verb === 'NOOP') this.#say('250 ok')
    else if (verb === 'QUIT') {
      this.#say('221 bye')
      this.#socket.end()
    } else this.#say('500 not understood')
  }

  #rcpt(path: string): void {
    const refusal = this.#options.refuse?.(path) ?? null
    if (this.#sender === null) return this.#say('503 MAIL first')
    if (refusal === null) this.#recipients.push(path)
    return this.#say(refusal ?? '250 recipient ok')
  }

  #startData(): void {
    if (this.#recipients.length === 0) return this.#say('554 no recipients')
    this.#data = true
    return this.#say('354 go on, end with <CRLF>.<CRLF>')
  }

  /** Takes the whole message when its end is there; answers the octets used. */
  #message(bytes: Buffer): number {
    const empty = bytes.length >= 3 && bytes.indexOf('.\r\n') === 0
    const end = empty ? 0 : bytes.indexOf(END)
    if (end < 0) return 0
    this.#data = false
    // The CRLF before the dot ends the last line and belongs to the message (RFC 5321 §4.1.1.4).
    void this.#deliver(unstuffed(bytes.subarray(0, empty ? 0 : end + 2)))
    return empty ? 3 : end + END.length
  }

  async #deliver(raw: Buffer): Promise<void> {
    this.#busy = true
    const [sender, recipients] = [this.#sender ?? '', this.#recipients]
    this.#reset()
    try {
      for (const recipient of recipients) await this.#options.deliver({ sender, recipient, raw })
      this.#say('250 delivered')
    } catch (error) {
      this.#say(`451 ${(error as Error).message.replace(/[^\x20-\x7e]/g, ' ')}`)
    }
    this.#busy = false
    this.#work()
  }

  #reset(): void {
    this.#sender = null
    this.#recipients = []
  }

  #say(reply: string): void {
    if (this.#socket.writable) this.#socket.write(`${reply}\r\n`)
  }

  #drop(reply: string): void {
    this.#say(reply)
    this.#socket.destroySoon()
    this.#chunks = []
    this.#size = 0
  }
}

/** The text without the dots that the sender put before dots (RFC 5321 §4.5.2). A copy. */
function unstuffed(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = bytes.length >= 2 && bytes[0] === 0x2e ? 1 : 0
  for (let at = bytes.indexOf(STUFFED, from); at >= 0; at = bytes.indexOf(STUFFED, from)) {
    parts.push(bytes.subarray(from, at + 3))
    from = at + 4
  }
  parts.push(bytes.subarray(from))
  return Buffer.concat(parts)
}
