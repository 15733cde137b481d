// What a client sends, as steps, and what it is sent, in bounded memory: receiver, writer and transport
// of one connection together.
import type { SecureContext } from 'node:tls'
import { Turn } from '../../turns.ts'
import { type Budget, Hold } from '../../budget.ts'
import { Gone, type Transport } from './transport.ts'
import { limits, Receiver, Writer, type ReceiverLimits, type Step } from '../wire/index.ts'

const NO_ROOM = {
  reason: 'The server lacks memory for this command; try again later',
  code: 'UNAVAILABLE',
  close: false,
} as const

export const ACCOUNT_CHANGED = 'This account was removed or has a new password'

/** What a connection takes memory for. */
export type Purpose = 'input' | 'output' | 'answer' | 'view' | 'zlib'

export type Line = Step & { kind: 'line' | 'bad' }

export class Channel {
  readonly transport: Transport
  readonly writer = new Writer()
  readonly #receiver = new Receiver(limits.BEFORE_LOGIN)
  /** Called when it begins to wait for a command of which nothing has come yet. */
  onRest: () => void = () => {}
  /** Of the command that runs, or of what is told between commands. */
  turn: Turn
  #resting = false

  readonly #holds: Record<Purpose, Hold>

  /** @param holder who pays for what it costs, in memory and time */
  constructor(transport: Transport, budget: Budget, holder: string) {
    this.transport = transport
    this.turn = new Turn(holder)
    const hold = (): Hold => new Hold(budget, holder)
    this.#holds = { input: hold(), output: hold(), answer: hold(), view: hold(), zlib: hold() }
  }

  /** Memory is counted for another one from now on: for the account that logged in. */
  belongTo(budget: Budget, holder: string): void {
    for (const hold of Object.values(this.#holds)) hold.move(budget, holder)
  }

  /** Counts octets of memory, instead of those before; false, and nothing new is counted, where there is no room. */
  hold(purpose: Purpose, octets: number): boolean {
    return this.#holds[purpose].set(octets)
  }

  /** Gives back what it holds. */
  close(): void {
    for (const hold of Object.values(this.#holds)) hold.set(0)
  }

  /** Is it waiting for a command of which nothing has come? */
  get resting(): boolean {
    return this.#resting
  }

  set limits(to: ReceiverLimits) {
    this.#receiver.limits = to
  }

  /** Next step of the client; null when there will be none, and the connection is at its end. */
  async next(): Promise<Exclude<Step, { kind: 'bytes' }> | null> {
    for (;;) {
      const step = this.#receiver.next()
      const { held } = this.#receiver
      if (step.kind === 'command') {
        const { tag, parts } = step.command
        const octets = parts.reduce((sum, { bytes }) => sum + bytes.length, held)
        // What came with its end was not counted yet.
        return this.hold('input', octets) ? step : { kind: 'bad', tag, ...NO_ROOM }
      }
      if (step.kind !== 'bytes') return step
      if (!this.hold('input', held)) return this.#receiver.giveUp()
      if (!(await this.#more())) return null
    }
  }

  /** Next line, of an exchange within a command. */
  async line(): Promise<Line> {
    this.#receiver.mode = 'line'
    try {
      for (;;) {
        const step = await this.next()
        if (step === null) throw new Gone('the client has left')
        if (step.kind === 'line' || step.kind === 'bad') return step
      }
    } finally {
      this.#receiver.mode = 'command'
    }
  }

  /** The line was the start of a command. */
  unread(line: Uint8Array): void {
    this.#receiver.unread(line)
  }

  accept(): void {
    this.#receiver.accept()
  }

  refuse(): void {
    this.#receiver.refuse()
  }

  /** Sends what was written; waits for a client that reads slowly, and lets others have their turn. */
  async flush(): Promise<void> {
    if (this.writer.size > 0) this.transport.send(this.writer.take())
    const { waiting } = this.transport
    // Who does not read what he asked for gives way to others where memory is short.
    if (!this.hold('output', waiting > limits.OUTPUT_COUNTED ? waiting : 0)) {
      this.transport.destroy()
      throw new Gone('it took up memory that others need')
    }
    if (this.transport.choked) await this.transport.drained()
    else await this.turn.rest()
  }

  /** TLS from here on. What was sent ahead is dropped (RFC 9051 §6.2.1). */
  async startTls(secureContext: SecureContext, how: { fresh: boolean }): Promise<void> {
    this.#receiver.take()
    await this.flush()
    await this.transport.startTls(secureContext, how)
  }

  async compress(): Promise<void> {
    await this.flush()
    this.transport.compress(this.#receiver.take())
  }

  async end(): Promise<void> {
    await this.flush()
    this.transport.end()
  }

  /** Waits for bytes; false when there will be none. */
  async #more(): Promise<boolean> {
    await this.flush()
    this.transport.timeout(this.#receiver.fresh ? limits.IDLE_TIME : limits.COMMAND_TIME)
    this.#resting = this.#receiver.fresh && this.#receiver.mode === 'command'
    if (this.#resting) this.onRest()
    const got = await this.transport.read()
    this.#resting = false
    if (got instanceof Buffer) {
      this.#receiver.push(got)
      return true
    }
    if (got === 'timeout') this.writer.untagged().bye('Nothing was heard from you for too long')
    if (got === 'account') this.writer.untagged().bye(ACCOUNT_CHANGED)
    if (got === 'shutdown')
      this.writer.untagged().bye('The server is being restarted', 'UNAVAILABLE')
    await this.end()
    return false
  }
}
