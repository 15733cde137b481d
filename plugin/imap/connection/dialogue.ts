// What client and server say to each other: steps to commands, commands in order, each answered in one
// piece. Commit first, then speak.
import { Bad, Refused } from '../../errors.ts'
import type { Command, ConnectionCommand, Done, SessionCommand } from '../command.ts'
import { COMMANDS } from '../commands/index.ts'
import type { Call, Connection, Session } from '../session.ts'
import { limits, Reader, type Received, type Step, type Writer } from '../wire/index.ts'
import { ACCOUNT_CHANGED, type Channel } from './channel.ts'
import { Turn } from '../../turns.ts'
import { answerTo } from './refusal.ts'
import { Gone } from './transport.ts'

/** The connection, as the dialogue needs it. */
interface Speaker extends Connection {
  readonly session: (Session & Guest) | null
  /** Counts a command of the account that is under way; answers how to give its place back. Refused where it has too many. */
  enter(account: string): (() => void) | Promise<() => void>
  /** Logs a fault of ours; answers the id under which it stands in the log. */
  report(error: unknown): string
}

interface Guest {
  /** Is the account as it was at the login? */
  readonly welcome: boolean
  /** Resolves when nothing is being told outside of a command. */
  rest(): Promise<void>
}

export class Dialogue {
  readonly #speaker: Speaker
  readonly #channel: Channel
  readonly #writer: Writer
  #bads = 0
  #ending = false
  /** said after the answer to the command that runs, which is the last */
  #lastWord: string | null = null

  constructor(speaker: Speaker, channel: Channel) {
    this.#speaker = speaker
    this.#channel = channel
    this.#writer = channel.writer
  }

  /** Answers the client until one of them ends it. */
  async hold(): Promise<void> {
    while (!this.#ending) {
      const step = await this.#channel.next()
      const { session } = this.#speaker
      await session?.rest()
      if (step === null) return
      if (session?.welcome ?? true) await this.#take(step)
      else this.#bye(ACCOUNT_CHANGED)
      if (this.#writer.size > limits.ANSWER_PIECE) await this.#channel.flush()
      // A pipeline of commands is as long as its client makes it.
      else await this.#channel.turn.rest()
    }
    await this.#channel.end()
  }

  /** Nothing more is read. */
  end(): void {
    this.#ending = true
  }

  /** The command that runs is the last; the client is told why. */
  endAfter(reason: string): void {
    this.#lastWord = reason
  }

  async #take(step: Exclude<Step, { kind: 'bytes' }>): Promise<void> {
    switch (step.kind) {
      case 'literal':
        return this.#literal(step)
      case 'command':
        return await this.#run(step.command)
      case 'bad':
        if (step.code) this.#writer.tagged(step.tag).no(step.reason, step.code)
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
      const { command, session } = this.#lookUp(start.name)
      if (session) command.literal?.(session, start, size)
      else command.literal?.(this.#speaker, start, size)
    } catch (error) {
      this.#channel.refuse()
      this.#answer(start.tag, error)
      return
    }
    this.#channel.accept()
    if (sync) this.#writer.continuation('Ready for the literal')
  }

  async #run(received: Received): Promise<void> {
    const { tag, name } = received
    let done: Done = {}
    this.#beginTurn()
    let leave: (() => void) | null = null
    try {
      const { command, session } = this.#lookUp(name)
      const call = callOf(received, command)
      const args = command.parse(new Reader(received, { utf8: this.#speaker.utf8 }), call)
      if (session && !command.idles) {
        const place = this.#speaker.enter(session.verbs.login.account)
        leave = place instanceof Promise ? await place : place
      }
      done =
        (await (session
          ? command.run(session, args, call)
          : command.run(this.#speaker, args, call))) ?? {}
      // RFC 9051 §7.5: what happened meanwhile is told before the tagged response.
      await this.#speaker.session?.sync(call)
      const text = done.text ?? `${name} completed`
      this.#writer.tagged(tag).status(done.status ?? 'OK', text, done.code)
      this.#bads = 0
    } catch (error) {
      if (error instanceof Gone) throw error
      // A half-sent line cannot be taken back: the stream would be out of step.
      if (!this.#writer.abandon()) throw error
      this.#answer(tag, error)
    } finally {
      leave?.()
    }
    this.#channel.turn = new Turn(this.#channel.turn.share)
    await done.after?.()
  }

  /** The command has a budget, and from the login on its account pays for it. */
  #beginTurn(): void {
    const { session, quarantine } = this.#speaker
    const share = session?.verbs.login.account ?? this.#channel.turn.share
    this.#channel.turn = new Turn(share, quarantine.config.front.command_seconds * 1000)
  }

  /** The command and what it works on; Bad where its state is not that of the connection. */
  #lookUp(name: string): Found {
    const command = COMMANDS.get(name)
    if (!command) throw new Bad(`There is no command ${name}`)
    const { session } = this.#speaker
    if (!needsLogin(command)) {
      if (command.state === 'not-authenticated' && session)
        throw new Bad('You are logged in already')
      return { command, session: null }
    }
    if (!session) throw new Bad('Log in first')
    if (command.state === 'selected' && !session.selected) throw new Bad('Select a folder first')
    return { command, session }
  }

  #answer(tag: string, error: unknown): void {
    if (error instanceof Bad) {
      this.#bad(tag, error.message)
      return
    }
    const fault = error instanceof Refused ? error.cause : error
    const id = fault === undefined ? '' : this.#speaker.report(fault)
    const { code, text } = answerTo(error, id)
    this.#writer.tagged(tag).no(text, code)
    if (this.#lastWord !== null) this.#bye(this.#lastWord)
  }

  #bad(tag: string, reason: string): void {
    this.#writer.tagged(tag).bad(reason)
    if (++this.#bads >= limits.BAD_COMMANDS_MAX) this.#bye('This does not look like IMAP')
  }

  #bye(reason: string): void {
    this.#ending = true
    this.#writer.untagged().bye(reason)
  }
}

type Found =
  | { readonly command: ConnectionCommand; readonly session: null }
  | { readonly command: SessionCommand; readonly session: Session }

function needsLogin(command: Command): command is SessionCommand {
  return command.state === 'authenticated' || command.state === 'selected'
}

function callOf({ tag, name }: Received, { keepsNumbers, renumbers = false }: Command): Call {
  const uid = name.startsWith('UID ')
  return { tag, name, uid, expunge: uid || !keepsNumbers, renumbers }
}
