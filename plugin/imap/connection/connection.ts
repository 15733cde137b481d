// One connection: bytes to commands, commands in order, answers in one piece. Commit first, then speak.
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { SecureContext } from 'node:tls'
import { Bad, Refused } from '../../errors.ts'
import type { Login } from '../../mail.ts'
import type { Quarantine } from '../../quarantine/quarantine.ts'
import { capabilities } from './capability.ts'
import type { Call, Command, Done, Enabled, Peer, Session, SyncOptions } from '../command.ts'
import { ACCOUNT_CHANGED, Channel } from './channel.ts'
import { COMMANDS } from '../commands/index.ts'
import type { AccountWatch } from '../login/account-watch.ts'
import type { Budget } from './budget.ts'
import { networkOf, type Admission } from '../login/admission.ts'
import { loginFailedLine, type Log } from './log.ts'
import { answerTo } from './refusal.ts'
import { writeNew } from '../fetch/write.ts'
import type { Interest } from '../notify/interest.ts'
import { Notifications } from '../notify/notifications.ts'
import { Repeater } from './repeater.ts'
import { PIECE, Selected } from '../selected/selected.ts'
import { Gone, type Transport } from './transport.ts'
import type { View } from '../selected/view.ts'
import {
  limits,
  Reader,
  isDone,
  type Received,
  type ReceiverLimits,
  type Step,
  type Writer,
} from '../wire/index.ts'

/** What all connections of a server share. */
export interface SessionContext {
  readonly quarantine: Quarantine
  readonly admission: Admission
  readonly log: Log
  /** of large literals, over all connections */
  readonly budget: Budget
  readonly accounts: AccountWatch
  readonly secureContext: () => SecureContext
  /** delay of the first wrong password, in ms */
  readonly authDelay: number
}

export class ImapConnection implements Session {
  readonly quarantine: Quarantine
  readonly writer: Writer
  readonly enabled = new Set<Enabled>()
  readonly notifications = new Notifications(this)
  readonly #context: SessionContext
  readonly #channel: Channel
  readonly #address: string
  #login: Login | null = null
  /** of the account, as of the login */
  #stamp: string | null = null
  #selected: Selected | null = null
  #leaveAccount: (() => void) | null = null
  /** tells what NOTIFY asked for, between commands */
  readonly #news = new Repeater(() => this.#tellNews())
  #stopNews: (() => void) | null = null
  #failures = 0
  #bads = 0
  #ending = false
  /** octets of large literals that this connection holds */
  #held = 0
  #loginTimer: NodeJS.Timeout

  constructor(context: SessionContext, transport: Transport, address: string) {
    this.quarantine = context.quarantine
    this.#context = context
    this.#channel = new Channel(transport)
    this.writer = this.#channel.writer
    this.#address = address
    this.#channel.onRest = () => this.#hear()
    // One span for all of it: bytes that drip in must not keep a stranger here.
    this.#loginTimer = setTimeout(() => transport.interrupt('timeout'), limits.LOGIN_TIME)
  }

  get peer(): Peer {
    const { secure, compressed } = this.#channel.transport
    return { address: this.#address, network: networkOf(this.#address), secure, compressed }
  }

  get loggedIn(): boolean {
    return this.#login !== null
  }

  get login(): Login {
    if (!this.#login) throw new Error('nobody is logged in')
    return this.#login
  }

  get selected(): boolean {
    return this.#selected !== null
  }

  get view(): View {
    if (!this.#selected) throw new Error('no mailbox is selected')
    return this.#selected.view
  }

  get utf8(): boolean {
    return this.enabled.has('UTF8=ACCEPT') || this.enabled.has('IMAP4REV2')
  }

  get capabilities(): string[] {
    const { append_limit } = this.quarantine.config.imap
    return capabilities({ peer: this.peer, loggedIn: this.loggedIn, appendLimit: append_limit })
  }

  /** Serves the connection until its end; `tls` from its first byte. Never throws. */
  async serve({ tls }: { tls: boolean }): Promise<void> {
    try {
      if (tls) await this.#secure(true)
      const names = this.capabilities
      this.writer.untagged().ok('Lazaret is ready', (w) => {
        w.atom('CAPABILITY')
        for (const name of names) w.atom(name)
      })
      await this.#loop()
    } catch (error) {
      if (error instanceof Gone) this.#channel.transport.end()
      else {
        this.#report(error)
        this.#channel.transport.destroy()
      }
    } finally {
      clearTimeout(this.#loginTimer)
      this.#leaveAccount?.()
      this.#stopNews?.()
      this.#context.accounts.remove(this)
      await this.#news.rest()
      this.#release()
    }
  }

  /** The server stops: the command that runs is finished, then the client is told. */
  shutdown(): void {
    this.#channel.transport.interrupt('shutdown')
  }

  enable(extension: Enabled): void {
    this.enabled.add(extension)
    // RFC 7162 §3.2.3: QRESYNC is CONDSTORE and more
    if (extension === 'QRESYNC') this.enabled.add('CONDSTORE')
    this.writer.utf8 = this.utf8
  }

  select(view: View | null): void {
    this.#selected = view ? new Selected(this, view) : null
  }

  get keywords(): ReadonlySet<string> {
    return this.#selected?.keywords ?? new Set()
  }

  logIn(login: Login): void {
    this.#leaveAccount = this.#context.admission.logIn(login.account)
    if (!this.#leaveAccount)
      throw new Refused('LIMIT', 'There are too many connections of this account already.')
    this.#login = login
    this.#stamp = this.quarantine.accounts.stamp(login)
    this.#context.accounts.add(this)
    clearTimeout(this.#loginTimer)
    this.#channel.limits = afterLogin(this.quarantine.config.imap.append_limit)
    this.log(`imap login: rip=${this.#address}, user=${JSON.stringify(login.account)}`)
  }

  async logInFailed(user: string, reason: Refused): Promise<never> {
    this.#context.log.warn(loginFailedLine(this.#address, user, reason.message))
    const delay = this.#context.authDelay * 2 ** this.#failures++
    await wait(Math.min(delay, limits.AUTH_DELAY_MAX))
    if (this.#failures >= limits.AUTH_FAILURES_PER_CONNECTION) this.#ending = true
    throw reason
  }

  log(line: string): void {
    this.#context.log.info(line)
  }

  async flush(): Promise<void> {
    await this.#channel.flush()
  }

  async sync(call: Call, options: SyncOptions = {}): Promise<void> {
    const command = COMMANDS.get(call.name)
    const expunge = call.uid || !command?.keepsNumbers
    const renumbers = command?.renumbers
    await this.#selected?.tell({ ...options, expunge, uid: call.uid, renumbers })
  }

  async fetchNew(uids: readonly number[]): Promise<void> {
    await writeNew(this, this.notifications.wish?.fetch ?? [], uids)
  }

  notify(interest: Interest): void {
    this.notifications.set(interest)
    if (this.notifications.active) this.#stopNews ??= this.quarantine.watch(() => this.#hear())
    else {
      this.#stopNews?.()
      this.#stopNews = null
    }
  }

  /** Something may have happened. While a command runs it waits for the end of that. */
  #hear(): void {
    if (this.notifications.active && this.#channel.resting) void this.#news.run()
  }

  /** RFC 5465 §3.1: what happened, told at once and never within a command. */
  async #tellNews(): Promise<void> {
    if (!this.#channel.resting) return
    await this.#tellAlone(async () => {
      const wish = this.notifications.wish
      if (wish?.message) await this.#selected?.tell({ expunge: !wish.delayed, uid: true })
      await this.notifications.tell()
    })
  }

  async prompt(text: string): Promise<Buffer> {
    this.writer.continuation(text)
    await this.flush()
    const step = await this.#channel.line()
    if (step.kind === 'bad') throw new Bad(step.reason)
    return step.bytes
  }

  async idle(call: Call): Promise<void> {
    // What a client does not take in time waits in the journal, not in memory.
    const telling = new Repeater(() => this.#tellIdle(call))
    this.writer.continuation('idling')
    await this.flush()
    const stop = this.quarantine.watch(() => void telling.run())
    try {
      await telling.run() // what came between the last command and this one
      const step = await this.#channel.line()
      if (step.kind === 'bad') throw new Bad(step.reason)
      // iOS sends a new command instead of DONE (clients.md).
      if (!isDone(step.bytes)) this.#channel.unread(step.bytes)
    } finally {
      stop()
    }
    await telling.rest()
  }

  async #tellIdle(call: Call): Promise<void> {
    await this.#tellAlone(async () => {
      await this.sync(call)
      await this.notifications.tell() // RFC 5465 §4
    })
  }

  /** What is told outside of a command has nobody who would hear of its failure. */
  async #tellAlone(tell: () => Promise<void>): Promise<void> {
    try {
      if (!this.#welcome) return this.checkAccount()
      await tell()
      await this.flush()
    } catch (error) {
      if (!(error instanceof Gone)) this.#report(error)
      this.#channel.transport.destroy()
    }
  }

  async startTls(): Promise<void> {
    await this.#secure(false)
  }

  async #secure(fresh: boolean): Promise<void> {
    await this.#channel.startTls(this.#context.secureContext(), { fresh })
  }

  async compress(): Promise<void> {
    await this.#channel.compress()
  }

  async end(): Promise<void> {
    this.#ending = true
  }

  async #loop(): Promise<void> {
    while (!this.#ending) {
      const step = await this.#channel.next()
      await this.#news.rest()
      if (step === null) return
      if (this.#welcome) await this.#take(step)
      else this.#bye(ACCOUNT_CHANGED)
      if (this.writer.size > PIECE) await this.flush()
    }
    await this.#channel.end()
  }

  async #take(step: Exclude<Step, { kind: 'bytes' }>): Promise<void> {
    switch (step.kind) {
      case 'literal':
        return this.#literal(step)
      case 'command':
        return await this.#run(step.command)
      case 'bad':
        this.#release()
        if (step.code) this.writer.tagged(step.tag).no(step.reason, step.code)
        else this.#bad(step.tag, step.reason)
        if (step.close) this.#bye(step.reason)
        return
      case 'line':
      default:
        throw new Error('a line without a command that asked for it')
    }
  }

  #literal({ start, size, sync }: Step & { kind: 'literal' }): void {
    try {
      this.#lookUp(callOf(start)).literal?.(this, start, size)
      this.#hold(size)
    } catch (error) {
      this.#channel.refuse()
      this.#answer(start.tag, error)
      return
    }
    this.#channel.accept()
    if (sync) this.writer.continuation('Ready for the literal')
  }

  #hold(size: number): void {
    if (size < limits.LITERAL_COUNTED) return
    if (!this.#context.budget.take(size))
      throw new Refused('UNAVAILABLE', 'Too many large messages are arriving; try again later.')
    this.#held += size
  }

  #release(): void {
    this.#context.budget.give(this.#held)
    this.#held = 0
  }

  async #run(received: Received): Promise<void> {
    const call = callOf(received)
    let done: Done = {}
    try {
      const command = this.#lookUp(call)
      const args = command.parse(new Reader(received, { utf8: this.utf8 }), call)
      done = (await command.run(this, args, call)) ?? {}
      // RFC 9051 §7.5: what happened meanwhile is told before the tagged response.
      await this.sync(call)
      const text = done.text ?? `${call.name} completed`
      this.writer.tagged(call.tag).status(done.status ?? 'OK', text, done.code)
      this.#bads = 0
    } catch (error) {
      if (error instanceof Gone) throw error
      // A half-sent line cannot be taken back: the stream would be out of step.
      if (!this.writer.abandon()) throw error
      this.#answer(call.tag, error)
    }
    this.#release()
    await done.after?.()
  }

  /** Is the account as it was at the login? A changed password ends all sessions of before. */
  get #welcome(): boolean {
    return !this.#login || this.quarantine.accounts.stamp(this.#login) === this.#stamp
  }

  checkAccount(): void {
    if (!this.#welcome) this.#channel.transport.interrupt('account')
  }

  #lookUp(call: Call): Command {
    const command = COMMANDS.get(call.name)
    if (!command) throw new Bad(`There is no command ${call.name}`)
    const { state } = command
    if (state === 'not-authenticated' && this.#login) throw new Bad('You are logged in already')
    if ((state === 'authenticated' || state === 'selected') && !this.#login)
      throw new Bad('Log in first')
    if (state === 'selected' && !this.#selected) throw new Bad('Select a mailbox first')
    return command
  }

  #answer(tag: string, error: unknown): void {
    if (error instanceof Bad) {
      this.#bad(tag, error.message)
      return
    }
    const id = error instanceof Refused ? '' : this.#report(error)
    const { code, text } = answerTo(error, id)
    this.writer.tagged(tag).no(text, code)
    if (this.#ending) this.#bye('Too many failed logins')
  }

  #bad(tag: string, reason: string): void {
    this.writer.tagged(tag).bad(reason)
    if (++this.#bads >= limits.BAD_COMMANDS_MAX) this.#bye('This does not look like IMAP')
  }

  #bye(reason: string): void {
    this.#ending = true
    this.writer.untagged().bye(reason)
  }

  /** Logs a fault of ours; answers the id under which it stands in the log. */
  #report(error: unknown): string {
    const id = randomBytes(4).toString('hex')
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#context.log.error(`imap fault ${id}: ${text}`)
    return id
  }
}

function callOf({ tag, name }: Received): Call {
  return { tag, name, uid: name.startsWith('UID ') }
}

/** APPENDLIMIT is configuration; all of a MULTIAPPEND is in memory at once. */
function afterLogin(append: number): ReceiverLimits {
  return { ...limits.AFTER_LOGIN, append, appends: 2 * append, nonSync: append }
}
