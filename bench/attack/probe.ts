// Neighbours of an attack: somebody who sends mail, somebody who reads his. What they feel is the longest wait for an answer
// to a command that costs nothing; beside it, for a machine that is busy with other things, the processor time of that wait.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as secure } from 'node:tls'
import { setTimeout as pause } from 'node:timers/promises'

/** Between an answer and the next question. */
const GAP_MS = 5

export class Probe {
  readonly #socket: Socket
  readonly #ask: () => string
  readonly #isAnswer: (text: string) => boolean
  readonly #cpu: () => number
  #asked = 0
  #longest = 0
  #cpuAsked = 0
  #longestCpu = 0
  #text = ''
  #over = false

  private constructor(
    socket: Socket,
    cpu: () => number,
    ask: () => string,
    isAnswer: (text: string) => boolean,
  ) {
    this.#socket = socket
    this.#cpu = cpu
    this.#ask = ask
    this.#isAnswer = isAnswer
    socket.setNoDelay(true)
    socket.on('error', () => (this.#over = true))
    socket.on('close', () => (this.#over = true))
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#text += text
      if (!this.#isAnswer(this.#text)) return
      this.#text = ''
      this.#longest = Math.max(this.#longest, performance.now() - this.#asked)
      this.#longestCpu = Math.max(this.#longestCpu, this.#cpu() - this.#cpuAsked)
      this.#asked = 0
      void this.#next()
    })
    this.#say()
  }

  /** NOOP of SMTP (RFC 5321 §4.1.1.9): a turn of the loop that carries mail. */
  static async smtp(port: number, cpu: () => number): Promise<Probe> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'data')
    socket.write('EHLO probe.example\r\n')
    await once(socket, 'data')
    return new Probe(
      socket,
      cpu,
      () => 'NOOP\r\n',
      (text) => text.endsWith('\r\n'),
    )
  }

  /** NOOP of IMAP in another account's session. */
  static async imap(
    port: number,
    { name, password }: { name: string; password: string },
    cpu: () => number,
  ): Promise<Probe> {
    const socket = secure({ host: '127.0.0.1', port, rejectUnauthorized: false })
    await once(socket, 'data')
    socket.write(`a LOGIN ${name} "${password}"\r\nb SELECT Caught\r\n`)
    for (let text = ''; !/^b OK/m.test(text);)
      text += String(((await once(socket, 'data')) as [Buffer])[0])
    return new Probe(
      socket,
      cpu,
      () => 'c NOOP\r\n',
      (text) => /^c \S+.*\r\n$/m.test(text),
    )
  }

  /** The longest wait so far, ms; one that still lasts counts. */
  get longest(): number {
    const now = this.#asked === 0 ? 0 : performance.now() - this.#asked
    return Math.max(this.#longest, now)
  }

  /**
   * The most that the event loop of who answers worked between a question and its answer, ms: what the wait comes to
   * where nobody else takes the processor.
   */
  get longestCpu(): number {
    const now = this.#asked === 0 ? 0 : this.#cpu() - this.#cpuAsked
    return Math.max(this.#longestCpu, now)
  }

  /** It was sent away, or its server died. */
  get over(): boolean {
    return this.#over
  }

  forget(): void {
    this.#longest = this.#longestCpu = 0
  }

  close(): void {
    this.#over = true
    this.#socket.destroy()
  }

  async #next(): Promise<void> {
    await pause(GAP_MS)
    if (!this.#over) this.#say()
  }

  #say(): void {
    this.#asked = performance.now()
    this.#cpuAsked = this.#cpu()
    this.#socket.write(this.#ask())
  }
}
