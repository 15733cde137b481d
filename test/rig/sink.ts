// A next hop: an SMTP server that keeps what it gets byte for byte, and answers as a test wants it to.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface Delivery {
  sender: string
  recipients: string[]
  /** MAIL and RCPT as they came. */
  commands: string[]
  /** As sent, dots unstuffed, its last line end included. */
  raw: Buffer
}

/** `body`: the first octets of a message have come; a reply there is one that nobody waits for. */
export type Stage =
  'connect' | 'ehlo' | 'helo' | 'starttls' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot' | 'quit'
/** In the place of a reply, or at its end: the connection is cut; behind the final dot the message is taken before. */
export const CUT = 'cut'
/** In the place of a reply: none, and the connection stays. */
export const SILENT = 'silent'
/** Answers `250` and the like unless told: a full reply line, or a promise of one. */
export type Reply = (stage: Stage, delivery: Delivery) => string | null | Promise<string | null>

const END = Buffer.from('\r\n.\r\n')

export class NextHop {
  readonly deliveries: Delivery[] = []
  /** How many times a client began to send a message. */
  begun = 0
  reply: Reply = () => null
  /** What it offers in EHLO. */
  offers = ['8BITMIME']
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #waiters: { done: () => boolean; resolve: () => void }[] = []

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        this.#tell()
      })
      socket.on('error', () => socket.destroy())
      this.#serve(socket)
    })
  }

  static async start(port = 0): Promise<NextHop> {
    const hop = new NextHop()
    hop.#server.listen(port, '127.0.0.1')
    await once(hop.#server, 'listening')
    return hop
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Clients that are connected. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Resolves when `count` messages have come. */
  async arrived(count: number): Promise<Delivery[]> {
    await this.until(() => this.deliveries.length >= count)
    return this.deliveries
  }

  /** Resolves when a client has begun to send for the `count`th time. */
  async sending(count: number): Promise<void> {
    await this.until(() => this.begun >= count)
  }

  async until(done: () => boolean): Promise<void> {
    if (done()) return
    await new Promise<void>((resolve) => this.#waiters.push({ done, resolve }))
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #tell(): void {
    const due = this.#waiters.filter(({ done }) => done())
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter))
    for (const { resolve } of due) resolve()
  }

  #serve(socket: Socket): void {
    let buffer = Buffer.alloc(0)
    let receiving = false
    let delivery: Delivery = { sender: '', recipients: [], commands: [], raw: Buffer.alloc(0) }
    const say = (line: string): void => {
      if (line === CUT) socket.destroy()
      else if (line.endsWith(CUT)) socket.end(line.slice(0, -CUT.length))
      else if (line !== SILENT && !socket.destroyed) socket.write(`${line}\r\n`)
    }
    const answer = async (stage: Stage, usual: string): Promise<string> => {
      const line = (await this.reply(stage, delivery)) ?? usual
      say(line)
      return line
    }
    let begun = false

    const command = async (line: string): Promise<void> => {
      const verb = line.slice(0, 4).toUpperCase()
      const path = /<(.*)>/.exec(line)?.[1] ?? ''
      if (verb === 'EHLO' || verb === 'LHLO') {
        const offers = ['250-sink', ...this.offers.map((one) => `250-${one}`), '250 HELP']
        await answer('ehlo', offers.join('\r\n'))
      } else if (verb === 'HELO') await answer('helo', '250 sink')
      else if (verb === 'STAR') await answer('starttls', '454 4.7.0 not here')
      else if (verb === 'MAIL') {
        delivery = { sender: path, recipients: [], commands: [line], raw: Buffer.alloc(0) }
        await answer('mail', '250 ok')
      } else if (verb === 'RCPT') {
        delivery.recipients.push(path)
        delivery.commands.push(line)
        await answer('rcpt', '250 ok')
      } else if (verb === 'DATA') {
        this.begun++
        receiving = (await answer('data', '354 go on')).startsWith('354')
        begun = false
        this.#tell()
      } else if (verb === 'QUIT') {
        if ((await answer('quit', '221 bye')) !== SILENT) socket.end()
      } else say('250 ok')
    }

    const work = async (): Promise<void> => {
      for (;;) {
        if (receiving) {
          if (!begun && buffer.length > 0) {
            begun = true
            await answer('body', SILENT)
          }
          // The message may be empty: its end then stands alone.
          const whole = buffer.subarray(0, 3).equals(END.subarray(2)) ? 0 : buffer.indexOf(END) + 2
          if (whole === 1) return
          delivery.raw = unstuffed(buffer.subarray(0, whole))
          buffer = buffer.subarray(whole + 3)
          receiving = false
          const line = await this.reply('dot', delivery)
          if (!line || line.startsWith('2') || line === CUT) {
            this.deliveries.push(delivery)
            this.#tell()
          }
          say(line ?? '250 kept')
        } else {
          const end = buffer.indexOf('\r\n')
          if (end < 0) return
          const line = buffer.toString('utf8', 0, end)
          buffer = buffer.subarray(end + 2)
          await command(line)
        }
      }
    }

    let chain = Promise.resolve()
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk])
      chain = chain.then(work)
    })
    chain = chain.then(async () => {
      await answer('connect', '220 sink ESMTP')
    })
  }
}

/** RFC 5321 §4.5.2: the first dot of a line that starts with one is taken off. */
function unstuffed(data: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = data[0] === 0x2e ? 1 : 0
  for (let at = data.indexOf('\r\n.'); at >= 0; at = data.indexOf('\r\n.', at + 2)) {
    parts.push(data.subarray(from, at + 2))
    from = at + 3
  }
  parts.push(data.subarray(from))
  return Buffer.concat(parts)
}
