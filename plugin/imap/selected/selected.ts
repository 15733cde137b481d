// The selected folder of one session: its view, and what the client was told beside it.
import type { Change } from '../../mail.ts'
import type { Client } from '../client.ts'
import type { SyncOptions } from '../session.ts'
import type { Wish } from '../notify/interest.ts'
import type { Notifications } from '../notify/notifications.ts'
import { writeFlags, writeKeywords, writeNumbering } from './updates.ts'
import type { Advanced, View } from './view.ts'
import { limits } from '../wire/index.ts'

/** The part of a session that telling needs. */
export interface Listener extends Omit<Client, 'view' | 'selected'> {
  readonly notifications: Notifications
  /** Tells what NOTIFY asked for of new messages. */
  fetchNew(uids: readonly number[]): Promise<void>
}

export interface TellOptions extends SyncOptions {
  /** may expunges be told now? (RFC 9051 §7.5.1) */
  readonly expunge: boolean
  /** with UIDs in FETCH */
  readonly uid: boolean
  /** are the numbers told whatever NOTIFY says? */
  readonly renumbers?: boolean
}

export class Selected {
  readonly view: View
  /** keywords that the client was told of in FLAGS */
  readonly keywords = new Set<string>()
  readonly #listener: Listener
  /** Messages that came after this seq were not told: the client wants to hear of none (RFC 5465 §3.1). */
  #missed = Infinity
  /** Flags that changed after this were not told, for the same reason. */
  #withheld = Infinity

  constructor(listener: Listener, view: View) {
    this.view = view
    this.#listener = listener
    const ids = new Set<number>()
    let last = 0 // no keywords; of a million messages neighbours mostly have the same
    for (let i = 0; i < view.count; i++) {
      const id = view.keywordsAt(i)
      if (id !== last) ids.add(id)
      last = id
    }
    for (const id of ids)
      if (id !== 0) for (const word of listener.verbs.messages.keywords(id)) this.keywords.add(word)
  }

  /** Brings the view up to the journal and writes what the client has to know. */
  async tell(options: TellOptions): Promise<void> {
    const { everything = false, renumbers = false, skip, tell = [] } = options
    const { view } = this
    const { verbs, writer, enabled, notifications, turn } = this.#listener
    const wish = everything ? null : notifications.wish
    const quiet = wish !== null && !wish.message && !renumbers
    const before = view.seq
    const news = this.#news(quiet)
    const recentFrom = await this.#recentFrom(news.changes)
    const expunge = options.expunge && !quiet
    const step = view.advance(news.changes, news.seq, { expunge, recentFrom })
    const teller = { writer, view, enabled, keywords: (id: number) => verbs.messages.keywords(id) }
    writeNumbering(teller, step)
    const flagged = this.#flagged(step, wish, before)
    view.untold = Math.min(this.#missed, this.#withheld)
    const indexes = [...new Set([...flagged, ...tell])]
      .map((one) => view.indexOf(one))
      .filter((index) => index >= 0)
      .toSorted((a, b) => a - b)
    const added = Array.from({ length: step.added }, (_, i) => view.count - step.added + i)
    writeKeywords(teller, [...indexes, ...added], this.keywords)
    // RFC 5465 §5.1: with the UID
    const uid = options.uid || notifications.wish !== null
    for (const index of indexes) {
      writeFlags(teller, index, { uid, silent: skip?.(view.uidAt(index)) ?? false })
      if (writer.size > limits.ANSWER_PIECE) await this.#listener.flush()
      else if (turn.over) await turn.rest()
    }
    if (!wish || wish.fetch.length === 0 || step.added === 0) return
    const others = added
      .map((index) => view.uidAt(index))
      .filter((one) => !notifications.isOwn(view.folder, one))
    if (others.length > 0) await this.#listener.fetchNew(others)
  }

  /** Changes since the last time; with `quiet` without new messages, which are looked for later. */
  #news(quiet: boolean): { seq: number; changes: readonly Change[] } {
    const { verbs } = this.#listener
    const { folder, seq } = this.view
    const reread = this.#missed < Infinity && !quiet
    const news = reread ? this.#reread() : (verbs.messages.changes(folder, seq) ?? this.#reread())
    const known = quiet ? news.changes.filter(({ kind }) => kind !== 'add') : news.changes
    if (!quiet) this.#missed = Infinity
    else if (known.length < news.changes.length) this.#missed = Math.min(this.#missed, seq)
    return { seq: news.seq, changes: known }
  }

  /** UIDs of messages with new flags, and of those held back before, as far as the client wants to hear of them. */
  #flagged({ flags, added }: Advanced, wish: Wish | null, before: number): readonly number[] {
    const { view } = this
    if (wish && !wish.flags) {
      const { notifications } = this.#listener
      const own = flags.filter((uid) => notifications.isOwn(view.folder, uid))
      if (own.length < flags.length) this.#withheld = Math.min(this.#withheld, before)
      return own
    }
    const since = this.#withheld
    if (since === Infinity) return flags
    this.#withheld = Infinity
    const known = view.uids.subarray(0, view.count - added)
    return [...known].filter((_, index) => view.modseqAt(index) > since)
  }

  /** From which UID on new messages are \Recent: this session is the first that is told of them. */
  async #recentFrom(changes: readonly Change[]): Promise<number | undefined> {
    const { verbs, enabled } = this.#listener
    const last = changes.findLast(({ kind }) => kind === 'add')
    if (!last || enabled.has('IMAP4REV2')) return undefined
    const { folder, readOnly } = this.view
    return readOnly
      ? verbs.messages.recentFrom(folder)
      : await verbs.messages.claimRecent(folder, last.uid)
  }

  /** For when the journal does not reach back to where the view stands. */
  #reread(): { seq: number; changes: Change[] } {
    const { verbs } = this.#listener
    const rows = verbs.messages.rows(this.view.folder)
    return { seq: rows.seq, changes: this.view.difference(rows) }
  }
}
