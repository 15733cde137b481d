// SMTP clients that send as fast as they are answered: several connections, one message after another on
// each, every command behind the reply to the one before. Pipelined commands (RFC 2920) would measure
// something else: Haraka answers each in a packet of its own, so that the second reply waits for the
// client's delayed ACK of the first (Nagle), 40 ms a message.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as secure } from 'node:tls'

export interface Letter {
  sender: string
  recipient: string
  /** Dot-stuffed, with its final `.` line. */
  data: Buffer
}

export interface Load {
  seconds: number
  /** From MAIL to the reply to the message, ms. */
  latencies: number[]
}

/** Sends all letters over `connections`; throws at the first answer that is not 250. */
export async function send(
  port: number,
  letters: readonly Letter[],
  connections: number,
  tls = false,
): Promise<Load> {
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => await SmtpClient.open(port, tls)),
  )
  let next = 0
  const latencies: number[] = []
  const work = async (client: SmtpClient): Promise<void> => {
    for (let letter = letters[next++]; letter; letter = letters[next++]) {
      const start = performance.now()
      await client.send(letter)
      latencies.push(performance.now() - start)
    }
  }
  // Connections are there before the clock starts: messages are measured, not handshakes.
  const since = performance.now()
  try {
    await Promise.all(clients.map(work))
    return { seconds: (performance.now() - since) / 1000, latencies }
  } finally {
    for (const client of clients) client.close()
  }
}

/** Dot-stuffed (RFC 5321 §4.5.2), lines ended by CRLF, with the final dot. */
export function asData(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replaceAll(/\r?\n/g, '\r\n').replaceAll(/^\./gm, '..')
  return Buffer.from(text.endsWith('\r\n') ? `${text}.\r\n` : `${text}\r\n.\r\n`, 'latin1')
}

class SmtpClient {
  #socket: Socket
  #text = ''
  #wanted: { code: string; resolve: () => void; reject: (error: Error) => void } | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen()
  }

  static async open(port: number, tls: boolean): Promise<SmtpClient> {
    const client = new SmtpClient(connect(port, '127.0.0.1'))
    await client.#reply('220')
    await client.#say('EHLO bench.example', '250')
    if (!tls) return client
    await client.#say('STARTTLS', '220')
    const plain = client.#socket
    plain.removeAllListeners('data')
    client.#socket = secure({ socket: plain, rejectUnauthorized: false })
    await once(client.#socket, 'secureConnect')
    client.#listen()
    await client.#say('EHLO bench.example', '250')
    return client
  }

  async send({ sender, recipient, data }: Letter): Promise<void> {
    await this.#say(`MAIL FROM:<${sender}>`, '250')
    await this.#say(`RCPT TO:<${recipient}>`, '250')
    await this.#say('DATA', '354')
    this.#socket.write(data)
    await this.#reply('250')
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  async #say(line: string, code: string): Promise<void> {
    this.#socket.write(`${line}\r\n`)
    await this.#reply(code)
  }

  #listen(): void {
    const socket = this.#socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1')
      this.#look()
    })
    socket.on('error', (error) => this.#wanted?.reject(error))
    socket.on('close', () => this.#wanted?.reject(new Error('the connection was closed')))
  }

  #reply(code: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wanted = { code, resolve, reject }
      this.#look()
    })
  }

  #look(): void {
    // RFC 5321 §4.2.1: the last line of a reply has a space behind its code.
    if (!this.#wanted || !/(?:^|\r\n)\d{3} [^\r]*\r\n$/.test(this.#text)) return
    const [text, { code, resolve, reject }] = [this.#text, this.#wanted]
    this.#text = ''
    this.#wanted = null
    if (text.startsWith(code)) resolve()
    else reject(new Error(`${code} was expected: ${text.trim()}`))
  }
}
