// Watches Haraka's outbound as it hands one file over. Haraka waits 30 s for the reply to the final dot, and takes a
// connection that is cut after it for a next hop that has nothing: it tries the next one, or the same again.
import { Readable } from 'node:stream'
import type { HMail, HopSocket, Mx } from '../types.ts'
import { PASS_MARK_FIELD } from '../../quarantine/release/pass-mark.ts'
import { Dialogue } from './dialogue.ts'
import { Parameters, type Wanted } from './parameters.ts'
import { isMarked, mark, unmark } from './queue-files.ts'

/** RFC 5321 §4.5.3.2.6: the server may take ten minutes to answer the final dot; §4.5.3.2.5: three a block of data. */
const DOT_MS = 600_000
/** For the answer to QUIT, where Haraka has no bound for connections. */
const QUIT_MS = 30_000

const NO_UTF8 =
  'it does not offer SMTPUTF8, which the addresses or header fields of this message need (5.6.7)'

export class Attempts {
  /** What went wrong with the connection of the last attempt, in words; `''`: no connection was had. */
  trouble = ''
  /** A reply that came in the middle of the message, which Haraka takes for a part of the one before. */
  refusal = ''
  /** The next hop was given all of the message, and it is not known whether it took it. */
  unknown = false
  readonly #hmail: HMail
  readonly #once: boolean
  readonly #wanted: Wanted
  /** The message cannot be given to the next hop as it is. */
  #impossible = false
  readonly #mayEnd: () => Promise<boolean>
  #socket: HopSocket | null = null
  #dialogue = new Dialogue()
  #reply = ''
  /** The next hop is that of the mailbox: no filter comes behind it. */
  #mailbox = false

  /**
   * @param once never sent again when it may have been taken
   * @param mayEnd asked when all but the end was given; false: it was taken back, and the end is not sent
   */
  constructor(
    hmail: HMail,
    {
      once,
      wanted = {},
      mayEnd,
    }: { once: boolean; wanted?: Wanted; mayEnd: () => Promise<boolean> },
  ) {
    this.#hmail = hmail
    this.#wanted = wanted
    this.#once = once
    this.#mayEnd = mayEnd
    const onSocket = hmail.try_deliver_host_on_socket.bind(hmail)
    hmail.try_deliver_host_on_socket = (mx, host, port, socket) => {
      this.#listen(mx, socket, () => onSocket(mx, host, port, socket))
    }
    const next = hmail.try_deliver.bind(hmail)
    hmail.try_deliver = async () => {
      if (this.#isUnknown) this.#tell()
      else if (this.#impossible && hmail.mxlist?.length === 0) this.#giveUp()
      else await next()
    }
    const data = hmail.data_stream.bind(hmail)
    hmail.data_stream = () => this.#data(data())
  }

  /** A new attempt begins. */
  begin(): void {
    this.trouble = ''
    this.refusal = ''
    this.#impossible = false
  }

  /** Its outcome is known: what is read from now on is no delivery. */
  end(): void {
    this.#socket = null
  }

  get #isUnknown(): boolean {
    return this.#once && isMarked(this.#hmail)
  }

  /** bounce() is how Haraka takes a file out of the queue; the hook tells what it means. */
  #tell(): void {
    this.unknown = true
    this.#hmail.bounce(this.trouble)
  }

  /** No other destination is left, and another attempt would end as this one. */
  #giveUp(): void {
    for (const recipient of this.#hmail.todo.rcpt_to)
      // RFC 6531 §3.6, RFC 3463: X.6.7.
      Object.assign(recipient, { dsn_action: 'failed', dsn_status: '5.6.7', reason: this.trouble })
    this.#hmail.bounce(this.trouble)
  }

  #listen({ exchange, port, using_lmtp }: Mx, socket: HopSocket, begin: () => void): void {
    const name = `${exchange}:${port}`
    this.#socket = socket
    this.#mailbox = using_lmtp === true
    this.#reply = ''
    this.trouble = ''
    const parameters = new Parameters(this.#wanted)
    const dialogue = new Dialogue()
    this.#dialogue = dialogue
    const emit = socket.emit.bind(socket)
    socket.emit = (event, ...values) => {
      const [line] = values
      if (event !== 'line' || typeof line !== 'string') return emit(event, ...values)
      const heard = dialogue.hear(line)
      if ('fault' in heard) {
        this.#fail(socket, heard.fault)
        return true
      }
      this.#reply = line.trimEnd()
      parameters.hear(line)
      if (dialogue.broken) this.refusal = this.#reply
      const listened = emit('line', heard.line)
      // Haraka has written the attempt off, in the middle of the message.
      if (dialogue.broken) socket.destroy()
      return listened
    }
    const patience = socket.timeout || QUIT_MS
    const write = socket.write.bind(socket)
    socket.write = (data, ...rest) => {
      if (typeof data === 'string') {
        if (dialogue.broken) return true
        dialogue.said(data)
        // Haraka waits for no answer to it: where none comes it would keep the connection.
        if (data === 'QUIT\r\n') setTimeout(() => socket.destroy(), patience).unref()
      }
      const said = typeof data === 'string' ? parameters.said(data) : data
      if (said !== null) return write(said, ...rest)
      // RFC 6531 §3.2: it is not sent to a server that does not offer SMTPUTF8, and comes back.
      this.#impossible = true
      this.#fail(socket, NO_UTF8)
      return true
    }
    begin()
    // Haraka has just removed all others; ours are to be heard before its own.
    socket.prependListener('error', (error: unknown) => {
      const said = error instanceof Error ? error.message : String(error)
      const waited = /^socket timeout waiting on (\w+)/.exec(said)
      this.trouble = waited
        ? `${name} did not answer (${waited[1].toUpperCase()}) in time`
        : `${name}: ${said}`
    })
    socket.prependListener('close', () => {
      this.trouble ||= `${name} closed the connection`
    })
  }

  #data(source: NodeJS.ReadableStream): NodeJS.ReadableStream {
    const socket = this.#socket
    // Haraka also reads it to make a bounce message.
    if (!socket || socket.destroyed || !/^[23]/.test(this.#reply)) return source
    this.#socket = null
    if (this.#reply.startsWith('3')) {
      this.#dialogue.body()
      const whole = Readable.from(this.#whole(source, socket, this.#dialogue), {
        objectMode: false,
      })
      // With the connection goes the open queue file.
      const destroy = socket.destroy.bind(socket)
      socket.destroy = (error) => {
        whole.destroy()
        return destroy(error)
      }
      return whole
    }
    // RFC 5321 §4.3.2: only 354 asks for the message. What is not asked for is not sent: nothing that is answered then
    // would be about it.
    this.#fail(socket, `it answered DATA with "${this.#reply}"`)
    return new Readable({ read: () => {} })
  }

  async *#whole(
    source: NodeJS.ReadableStream,
    socket: HopSocket,
    dialogue: Dialogue,
  ): AsyncGenerator<Buffer | string> {
    socket.setTimeout(DOT_MS)
    yield* this.#mailbox ? withoutPassMark(source) : source
    const isOver = (): boolean => socket.destroyed || dialogue.broken
    if (!isOver()) {
      if (await this.#mayEnd()) {
        if (this.#once) await mark(this.#hmail)
        if (!isOver()) return
        unmark(this.#hmail)
      } else this.#fail(socket, 'the release was taken back')
    }
    // RFC 5321 §4.1.1.4: a message without its end is none.
    await new Promise(() => {})
  }

  #fail(socket: HopSocket, why: string): void {
    setImmediate(() => {
      if (socket.listenerCount('error') > 0) socket.emit('error', new Error(why))
    })
  }
}

/** Ours stands first, in one line (enqueue.ts). */
async function* withoutPassMark(source: NodeJS.ReadableStream): AsyncGenerator<Buffer | string> {
  let head: Buffer | null = Buffer.alloc(0)
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    if (!head) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, Buffer.from(chunk)])
    const end = head.indexOf('\r\n')
    if (end < 0) continue
    yield head.toString('latin1', 0, MARK.length) === MARK ? head.subarray(end + 2) : head
    head = null
  }
  if (head) yield head
}

const MARK = `${PASS_MARK_FIELD}:`
