// Bytes in, steps out: splits the client's stream into commands of lines and literals. No sockets.
import { SP } from './chars.ts'
import { Gather } from './gather.ts'
import { readHead, readTag, type Head } from './head.ts'
import { Input } from './input.ts'
import { BEFORE_LOGIN, LINE_SKIP_MAX, SASL_LINE_MAX, TAG_MAX } from './limits.ts'
import type { ReceiverLimits } from './limits.ts'
import { bad, type Part, type Received, type Step } from './step.ts'
import { HEADER_MAX, readLiteralHeader, type LiteralHeader } from './literal.ts'

/** Octets of a part beside its bytes, roughly. */
const PART = 160

const NEED_BYTES: Step = { kind: 'bytes' }

const NUL = 'A line must not contain NUL'
const NO_ROOM = 'The server lacks memory for this command; try again later'
const TOO_MUCH = 'A literal is too big to be thrown away, the connection is closed'

/**
 * Receiver of one connection. `push` what the socket gives, then call `next` until it needs bytes.
 * It holds no more than the limits allow besides what was pushed and not yet parsed (`buffered`).
 */
export class Receiver {
  /** in force from the next line or literal on */
  limits: ReceiverLimits
  /** 'line' hands lines out as they are: answers to AUTHENTICATE, DONE of IDLE */
  mode: 'command' | 'line' = 'command'
  #input = new Input()
  #state: 'line' | 'asked' | 'literal' | 'skip-line' | 'skip-literal' | 'closing' | 'closed' =
    'line'
  #head: Head | undefined
  #parts: Part[] = []
  /** bytes of this command's lines and of its literals so far */
  #text = 0
  #literals = 0
  /** the literal that is asked for or read, what has come of it, and what is still to come */
  #literal: LiteralHeader | undefined
  #body = new Gather()
  #left = 0

  constructor(limits: ReceiverLimits = BEFORE_LOGIN) {
    this.limits = limits
  }

  /** Bytes pushed and not yet parsed. */
  get buffered(): number {
    return this.#input.size
  }

  /** Octets of memory that it holds: what was pushed, and the command so far. */
  get held(): number {
    return (
      this.#input.size +
      this.#text +
      this.#literals +
      this.#body.capacity +
      this.#parts.length * PART
    )
  }

  /** True between commands: nothing of a next one has come. */
  get fresh(): boolean {
    return this.#state === 'line' && this.#parts.length === 0 && this.#input.size === 0
  }

  /** Adds bytes; the chunk is kept until it is parsed, so it must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (this.#state !== 'closed') this.#input.push(chunk)
  }

  /** Next step; to be called again after every step but 'bytes'. */
  next(): Step {
    for (;;) {
      const step = this.#advance()
      if (step) return step
    }
  }

  /** Takes the announced literal; for a synchronizing one the session writes `+ ...`. */
  accept(): void {
    this.#left = this.#asked().size
    this.#state = 'literal'
  }

  /** Refuses the command before its literal is read; the session answers it, tagged. */
  refuse(): void {
    if (!this.#drop(this.#asked())) this.#state = 'closing'
  }

  /**
   * There is no room for what it holds: the command so far is forgotten, and the rest of its literal thrown away. The
   * answer to it; in the middle of a line that is the end of the connection.
   */
  giveUp(): Step & { kind: 'bad' } {
    const tag = this.#head?.tag ?? '*'
    const left = this.#state === 'literal' ? this.#left : Infinity
    if (left > this.limits.skip) {
      this.#close()
      return bad(tag, NO_ROOM, { code: 'UNAVAILABLE', close: true })
    }
    this.#reset()
    this.#left = left
    this.#state = 'skip-literal'
    return bad(tag, NO_ROOM, { code: 'UNAVAILABLE' })
  }

  /** Puts a line got in mode 'line' back, to be read again as a command. */
  unread(line: Uint8Array): void {
    this.#input.unread(line)
  }

  /**
   * Hands back what was pushed and not parsed, and forgets it: STARTTLS throws it away (RFC 9051
   * §6.2.1), COMPRESS inflates it.
   */
  take(): Buffer {
    if (this.#state !== 'closed') this.#reset()
    return this.#input.take()
  }

  #advance(): Step | undefined {
    switch (this.#state) {
      case 'line':
        return this.mode === 'line' ? this.#rawLine() : this.#commandLine()
      case 'literal':
        return this.#readLiteral()
      case 'skip-line':
        return this.#skipLine()
      case 'skip-literal':
        return this.#skipLiteral()
      case 'closing':
        this.#state = 'closed'
        return bad('*', TOO_MUCH, { code: 'TOOBIG', close: true })
      case 'closed':
        return NEED_BYTES
      case 'asked':
      default:
        throw new Error('A literal waits for accept() or refuse()')
    }
  }

  #rawLine(): Step {
    const line = this.#input.line(SASL_LINE_MAX)
    if (line === undefined) return NEED_BYTES
    if (line === 'long') return this.#tooLong(SASL_LINE_MAX, '*')
    if (line.includes(0)) return bad('*', NUL)
    return { kind: 'line', bytes: line }
  }

  #commandLine(): Step | undefined {
    const { limits } = this
    const max = Math.min(limits.line, limits.text - this.#text)
    const line = this.#input.line(max)
    if (line === undefined) return NEED_BYTES
    if (line === 'long') return this.#tooLong(max, this.#head?.tag)
    const header = readLiteralHeader(line)
    const text = header ? line.subarray(0, line.length - header.length) : line
    if (!this.#head) {
      const head = readHead(text)
      if (typeof head === 'string') return this.#fail(readTag(text), head, header)
      this.#head = head
    }
    if (text.includes(0)) return this.#fail(this.#head.tag, NUL, header)
    this.#text += line.length
    // The line is a view of what the socket gave: kept beside a literal, it would keep all of that.
    this.#parts.push({ kind: 'text', bytes: header ? Buffer.from(text) : text })
    const received: Received = { ...this.#head, parts: [...this.#parts] }
    if (header) return this.#announce(header, received)
    this.#reset()
    return { kind: 'command', command: received }
  }

  #announce(header: LiteralHeader, start: Received): Step {
    const { limits } = this
    const { size, sync, binary } = header
    const append = start.name === 'APPEND'
    const one = append ? limits.append : limits.literal
    const most = Math.min(
      sync ? one : Math.min(one, limits.nonSync),
      (append ? limits.appends : limits.literals) - this.#literals,
    )
    if (size > most) {
      const reason = `A literal of ${size} bytes is too big, at most ${most} are taken here`
      return this.#fail(start.tag, reason, header, 'TOOBIG')
    }
    if (start.parts.length / 2 >= limits.parts) {
      return this.#fail(start.tag, `More than ${limits.parts} literals in one command`, header)
    }
    this.#literal = header
    this.#state = 'asked'
    return { kind: 'literal', size, sync, binary, start }
  }

  #readLiteral(): Step | undefined {
    const { size, binary } = this.#literal!
    this.#left -= this.#input.read(this.#left, this.#body, size)
    if (this.#left > 0) return NEED_BYTES
    this.#parts.push({ kind: 'literal', bytes: this.#body.take(), binary })
    this.#literals += size
    this.#state = 'line'
    return undefined
  }

  #skipLiteral(): Step | undefined {
    this.#left -= this.#input.skip(this.#left)
    if (this.#left > 0) return NEED_BYTES
    // The line goes on behind the literal and may announce the next one.
    this.#input.beginSkipNext()
    this.#state = 'skip-line'
    return undefined
  }

  #skipLine(): Step | undefined {
    const tail = this.#input.skipLine(LINE_SKIP_MAX, HEADER_MAX + 1)
    if (tail === undefined) return NEED_BYTES
    if (tail === 'long') {
      this.#close()
      return bad('*', 'The line is too long, the connection is closed', { close: true })
    }
    const header = readLiteralHeader(tail)
    if (!header) this.#state = 'line'
    else if (!this.#drop(header)) return bad('*', TOO_MUCH, { code: 'TOOBIG', close: true })
    return undefined
  }

  /** A line has more than `max` bytes; of its start, no more than these are sure to be here. */
  #tooLong(max: number, tag: string | undefined): Step {
    const start = this.#input.beginSkip(Math.min(TAG_MAX, max) + 1)
    const word = start.subarray(0, start.indexOf(SP) + 1) // no tag unless it is whole
    this.#reset()
    this.#state = 'skip-line'
    return bad(tag ?? readTag(word), 'The line is too long')
  }

  /** Refuses the command from here: a literal that follows its line at once is thrown away. */
  #fail(tag: string, reason: string, header?: LiteralHeader, code?: 'TOOBIG'): Step {
    this.#reset()
    const close = header !== undefined && !this.#drop(header)
    return bad(tag, reason, { code, close })
  }

  /**
   * Forgets the command whose literal is not wanted. RFC 7888 §4: a non-synchronizing one is read
   * and thrown away, or else the connection is closed. False if it is closed.
   */
  #drop(header: LiteralHeader): boolean {
    this.#reset()
    if (header.sync) return true // the client waits for `+` and will not send it
    if (header.size > this.limits.skip) {
      this.#close()
      return false
    }
    this.#left = header.size
    this.#state = 'skip-literal'
    return true
  }

  #asked(): LiteralHeader {
    if (this.#state !== 'asked') throw new Error('No literal waits for an answer')
    return this.#literal!
  }

  #reset(): void {
    this.#state = 'line'
    this.#head = undefined
    this.#parts = []
    this.#text = 0
    this.#literals = 0
    this.#literal = undefined
    this.#body = new Gather()
  }

  #close(): void {
    this.#reset()
    this.#input.take()
    this.#state = 'closed'
  }
}
