// An SMTP client that sends exactly the bytes it is given.
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

export interface Mail {
  from: string
  to: string[]
  /** Dots are stuffed on the way; a final CRLF is part of the protocol, and added when missing. */
  raw: Buffer
  /** What is said behind the addresses. */
  parameters?: { mail?: string; rcpt?: string }
  /** Octets of one write; all at once unless told. */
  piece?: number
}

export interface Answer {
  code: number
  text: string
}

export class SmtpClient {
  readonly #socket: Socket
  #buffer = ''
  #lines: string[] = []
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = []
  #replies: Answer[] = []
  #closed: Error | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.setNoDelay(true)
    socket.on('data', (chunk: string) => this.#receive(chunk))
    socket.on('error', (error) => this.#end(error))
    socket.on('close', () => this.#end(new Error('the server closed the connection')))
  }

  static async connect(port: number, helo = 'client.example'): Promise<SmtpClient> {
    const client = new SmtpClient(connect(port, '127.0.0.1'))
    await client.reply()
    await client.command(`EHLO ${helo}`)
    return client
  }

  /** The next reply of the server. */
  async reply(): Promise<Answer> {
    const ready = this.#replies.shift()
    if (ready) return ready
    if (this.#closed) throw this.#closed
    return await new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  async command(line: string): Promise<Answer> {
    this.#socket.write(`${line}\r\n`)
    return await this.reply()
  }

  /** MAIL, RCPT and DATA in one go (RFC 2920), then the message. The first refusal is the answer. */
  async send({ from, to, raw, parameters = {}, piece }: Mail): Promise<Answer> {
    const { mail = '', rcpt = '' } = parameters
    const lines = [
      `MAIL FROM:<${from}>${mail}`,
      ...to.map((one) => `RCPT TO:<${one}>${rcpt}`),
      'DATA',
    ]
    this.#socket.write(lines.map((line) => `${line}\r\n`).join(''))
    const answers: Answer[] = []
    for (const _ of lines) answers.push(await this.reply())
    const refused = answers.find(({ code }) => code >= 400)
    if (answers.at(-1)?.code !== 354) return refused ?? answers[0]
    const data = Buffer.concat([stuffed(raw), Buffer.from('.\r\n')])
    for (let at = 0; at < data.length; at += piece ?? data.length) {
      this.#socket.write(data.subarray(at, at + (piece ?? data.length)))
      // The next turn: a segment of its own.
      if (piece) await turn()
    }
    return await this.reply()
  }

  async quit(): Promise<void> {
    await this.command('QUIT')
    this.#socket.destroy()
  }

  /** Sends bytes as they are, such as the beginning of a message; resolves when the system has them. */
  async write(bytes: Buffer): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(chunk: string): void {
    const lines = (this.#buffer + chunk).split('\r\n')
    this.#buffer = lines.pop() ?? ''
    for (const line of lines) {
      this.#lines.push(line.slice(4))
      if (line[3] === '-') continue
      const answer = { code: Number(line.slice(0, 3)), text: this.#lines.join('\n') }
      this.#lines = []
      const waiting = this.#waiting.shift()
      if (waiting) waiting.resolve(answer)
      else this.#replies.push(answer)
    }
  }

  #end(error: Error): void {
    this.#closed ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#closed)
  }
}

/** One message over a connection of its own. */
export async function sendMail(port: number, mail: Mail): Promise<Answer> {
  const client = await SmtpClient.connect(port)
  try {
    return await client.send(mail)
  } finally {
    client.destroy()
  }
}

function stuffed(raw: Buffer): Buffer {
  const text = raw.toString('latin1')
  const dotted = text.replaceAll(/(^|\r\n)\./g, '$1..')
  return Buffer.from(dotted === '' || dotted.endsWith('\r\n') ? dotted : `${dotted}\r\n`, 'latin1')
}
