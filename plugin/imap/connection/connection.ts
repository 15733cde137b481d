// One connection: the life of a socket, from the greeting to the end.
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Bad, Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { Door } from '../../quarantine/quarantine.ts'
import { networkOf } from '../../network.ts'
import type { Connection, Peer } from '../session.ts'
import { limits, type ReceiverLimits, type Writer } from '../wire/index.ts'
import { capabilities } from './capability.ts'
import { Channel } from './channel.ts'
import type { Context } from './context.ts'
import { Dialogue } from './dialogue.ts'
import { loginFailedLine } from '../log.ts'
import { ImapSession } from './session.ts'
import { Gone, type Transport } from './transport.ts'

export class ImapConnection implements Connection {
  readonly quarantine: Door
  readonly writer: Writer
  readonly #context: Context
  readonly #channel: Channel
  readonly #dialogue: Dialogue
  readonly #address: string
  #session: ImapSession | null = null
  #failures = 0
  #loginTimer: NodeJS.Timeout

  constructor(context: Context, transport: Transport, address: string) {
    this.quarantine = context.quarantine
    this.#context = context
    this.#channel = new Channel(transport, context.strangers, networkOf(address))
    this.writer = this.#channel.writer
    this.#address = address
    this.#dialogue = new Dialogue(this, this.#channel)
    // One span for all of it: bytes that drip in must not keep a stranger here.
    this.#loginTimer = setTimeout(() => transport.interrupt('timeout'), limits.LOGIN_TIME)
  }

  get peer(): Peer {
    const { secure, compressed } = this.#channel.transport
    return { address: this.#address, network: networkOf(this.#address), secure, compressed }
  }

  get session(): ImapSession | null {
    return this.#session
  }

  get utf8(): boolean {
    return this.#session?.utf8 ?? false
  }

  get capabilities(): string[] {
    const { imap } = this.quarantine.config
    const { scramOffered: scram } = this.quarantine.logins
    const loggedIn = this.#session !== null
    const { append_limit: appendLimit } = imap
    return capabilities({ peer: this.peer, loggedIn, appendLimit, scram })
  }

  /** Serves the client until its end; `tls` from its first byte. Never throws. */
  async serve({ tls }: { tls: boolean }): Promise<void> {
    try {
      if (tls) await this.#secure(true)
      const names = this.capabilities
      this.writer.untagged().ok('Lazaret is ready', (w) => {
        w.atom('CAPABILITY')
        for (const name of names) w.atom(name)
      })
      await this.#dialogue.hold()
    } catch (error) {
      if (error instanceof Gone) this.#channel.transport.end()
      else {
        this.report(error)
        this.#channel.transport.destroy()
      }
    } finally {
      clearTimeout(this.#loginTimer)
      if (this.#session) {
        this.#context.accounts.remove(this.#session)
        await this.#session.close()
      }
      this.#channel.close()
    }
  }

  /** Counts a command of the account; see Underway. */
  enter(account: string): (() => void) | Promise<() => void> {
    return this.#context.underway.enter(account)
  }

  /** The server stops: the command that runs is finished, then the client is told. */
  shutdown(): void {
    this.#channel.transport.interrupt('shutdown')
  }

  logIn(login: Login): void {
    const leave = this.#context.admission.logIn(login.account)
    if (!leave)
      throw new Refused('limit', 'There are too many connections of this account already.')
    this.#session = new ImapSession({
      verbs: this.quarantine.as({ ...login, via: `imap ${this.#address}` }),
      stamp: () => this.quarantine.logins.stamp(login),
      channel: this.#channel,
      readers: this.#context.readers,
      leave,
      report: (error) => this.report(error),
    })
    this.#context.accounts.add(this.#session)
    clearTimeout(this.#loginTimer)
    this.#channel.belongTo(this.#context.sessions, login.account)
    this.#channel.limits = afterLogin(this.quarantine.config.imap.append_limit)
    this.log(`imap login: rip=${this.#address}, user=${JSON.stringify(login.account)}`)
  }

  async logInFailed(user: string, reason: Refused): Promise<never> {
    // Nobody was wrong: no password was looked at, so fail2ban has nothing to count, and nobody waits.
    if (reason.kind !== 'wrong-login') {
      const why = reason.cause instanceof Error ? reason.cause.message : reason.message
      this.#context.log.error(
        `imap login not possible: rip=${this.#address}, user=${JSON.stringify(user)}, reason=${JSON.stringify(why)}`,
      )
      throw reason
    }
    this.#context.log.warn(loginFailedLine(this.#address, user, reason.message))
    const delay = this.#context.authDelay * 2 ** this.#failures++
    await wait(Math.min(delay, limits.AUTH_DELAY_MAX))
    if (this.#failures >= limits.AUTH_FAILURES_PER_CONNECTION)
      this.#dialogue.endAfter('Too many failed logins')
    throw reason
  }

  log(line: string): void {
    this.#context.log.info(line)
  }

  async prompt(text: string): Promise<Buffer> {
    this.writer.continuation(text)
    await this.#channel.flush()
    const step = await this.#channel.line()
    if (step.kind === 'bad') throw new Bad(step.reason)
    return step.bytes
  }

  async startTls(): Promise<void> {
    await this.#secure(false)
  }

  async #secure(fresh: boolean): Promise<void> {
    await this.#channel.startTls(this.#context.secureContext(), { fresh })
  }

  end(): void {
    this.#dialogue.end()
  }

  /** Logs a fault of ours; answers the id under which it stands in the log. */
  report(error: unknown): string {
    const id = randomBytes(4).toString('hex')
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#context.log.error(`imap fault ${id}: ${text}`)
    return id
  }
}

/** APPENDLIMIT is configuration; all of a MULTIAPPEND is in memory at once. */
function afterLogin(append: number): ReceiverLimits {
  return { ...limits.AFTER_LOGIN, append, appends: 2 * append, nonSync: append }
}
