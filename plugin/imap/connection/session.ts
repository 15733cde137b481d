// The session of one login: its selected folder, and what is told of changes, within commands and between.
import { Bad, Refused } from '../../errors.ts'
import type { Verbs } from '../../quarantine/verbs/verbs.ts'
import type { Turn } from '../../turns.ts'
import type { Enabled } from '../client.ts'
import { writeNew } from '../fetch/write.ts'
import type { Interest } from '../notify/interest.ts'
import type { Readers } from '../reader/readers.ts'
import { Notifications } from '../notify/notifications.ts'
import { Selected } from '../selected/selected.ts'
import type { View } from '../selected/view.ts'
import type { Call, Session, SyncOptions } from '../session.ts'
import { isDone, limits, type Writer } from '../wire/index.ts'
import type { Channel } from './channel.ts'
import { Repeater } from './repeater.ts'
import { Gone } from './transport.ts'

interface Begun {
  readonly verbs: Verbs
  /** Another one once the account has changed. */
  readonly stamp: () => string | null
  readonly channel: Channel
  readonly readers: Readers
  /** Gives back the place among the sessions of the account. */
  readonly leave: () => void
  /** Logs a fault of ours. */
  readonly report: (error: unknown) => void
}

export class ImapSession implements Session {
  readonly verbs: Verbs
  readonly writer: Writer
  readonly enabled = new Set<Enabled>()
  readonly readers: Readers
  readonly notifications = new Notifications(this)
  readonly #channel: Channel
  readonly #leave: () => void
  readonly #report: (error: unknown) => void
  readonly #stamp: () => string | null
  /** of the account, as of the login */
  readonly #begun: string | null
  #selected: Selected | null = null
  #toldStopped = false
  /** tells what NOTIFY asked for, between commands */
  readonly #news = new Repeater(() => this.#tellNews())
  #stopNews: (() => void) | null = null

  constructor({ verbs, stamp, channel, readers, leave, report }: Begun) {
    this.verbs = verbs
    this.readers = readers
    this.writer = channel.writer
    this.#channel = channel
    this.#leave = leave
    this.#report = report
    this.#stamp = stamp
    this.#begun = stamp()
    channel.onRest = () => this.#hear()
  }

  /** Tells nothing more. */
  async close(): Promise<void> {
    this.#leave()
    this.#stopNews?.()
    await this.#news.rest()
  }

  get selected(): boolean {
    return this.#selected !== null
  }

  get view(): View {
    if (!this.#selected) throw new Error('no folder is selected')
    return this.#selected.view
  }

  get keywords(): ReadonlySet<string> {
    return this.#selected?.keywords ?? new Set()
  }

  get utf8(): boolean {
    return this.enabled.has('UTF8=ACCEPT') || this.enabled.has('IMAP4REV2')
  }

  get compressed(): boolean {
    return this.#channel.transport.compressed
  }

  enable(extension: Enabled): void {
    this.enabled.add(extension)
    // RFC 7162 §3.2.3: QRESYNC is CONDSTORE and more
    if (extension === 'QRESYNC') this.enabled.add('CONDSTORE')
    this.writer.utf8 = this.utf8
  }

  tellStopped(): void {
    const { stopped } = this.verbs
    // RFC 9051 §7.1: a mail client shows it
    if (stopped !== null && !this.#toldStopped) this.writer.untagged().ok(stopped, 'ALERT')
    this.#toldStopped = stopped !== null
  }

  select(view: View | null): void {
    if (!this.#channel.hold('view', view ? view.count * limits.VIEW_ROW : 0))
      throw new Refused('busy', 'The server lacks memory for this folder; try again later.')
    this.#selected = view ? new Selected(this, view) : null
  }

  get turn(): Turn {
    return this.#channel.turn
  }

  async flush(): Promise<void> {
    await this.#channel.flush()
  }

  hold(octets: number): boolean {
    return this.#channel.hold('answer', octets)
  }

  holdCompression(): void {
    if (!this.#channel.hold('zlib', limits.COMPRESS_MEMORY))
      throw new Refused('busy', 'The server lacks memory for compression; go on without it.')
  }

  async compress(): Promise<void> {
    await this.#channel.compress()
  }

  async sync(call: Call, options: SyncOptions = {}): Promise<void> {
    const { expunge, uid, renumbers } = call
    await this.#selected?.tell({ ...options, expunge, uid, renumbers })
  }

  async fetchNew(uids: readonly number[]): Promise<void> {
    await writeNew(this, this.notifications.wish?.fetch ?? [], uids)
  }

  notify(interest: Interest): void {
    this.notifications.set(interest)
    if (this.notifications.active) this.#stopNews ??= this.verbs.watch(() => this.#hear())
    else {
      this.#stopNews?.()
      this.#stopNews = null
    }
  }

  /** Resolves when nothing is being told outside of a command. */
  async rest(): Promise<void> {
    await this.#news.rest()
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

  async idle(call: Call): Promise<void> {
    // What a client does not take in time waits in the journal, not in memory.
    const telling = new Repeater(() => this.#tellIdle(call))
    this.writer.continuation('idling')
    await this.flush()
    const stop = this.verbs.watch(() => void telling.run())
    try {
      await telling.run() // what came between the last command and this one
      const step = await this.#channel.line()
      if (step.kind === 'bad') throw new Bad(step.reason)
      // iOS sends a new command instead of DONE (docs/clients.md).
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
      if (!this.welcome) return this.checkAccount()
      await tell()
      await this.flush()
    } catch (error) {
      if (!(error instanceof Gone)) this.#report(error)
      this.#channel.transport.destroy()
    }
  }

  /** Is the account as it was at the login? A changed password ends all sessions of before. */
  get welcome(): boolean {
    return this.#stamp() === this.#begun
  }

  checkAccount(): void {
    if (!this.welcome) this.#channel.transport.interrupt('account')
  }
}
