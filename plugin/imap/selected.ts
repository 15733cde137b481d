// The selected mailbox of one session: its view, and what the client was told beside it.
import type { Change, Login } from '../mail.ts'
import type { Quarantine } from '../quarantine/quarantine.ts'
import type { Enabled, SyncOptions } from './command.ts'
import { writeFlags, writeKeywords, writeNumbering } from './updates.ts'
import type { View } from './view.ts'
import type { Writer } from './wire/index.ts'

/** Lines of an answer are handed to the socket in pieces of about this size. */
export const PIECE = 64 * 1024

/** The part of a session that telling needs. */
export interface Listener {
  readonly quarantine: Quarantine
  readonly login: Login
  readonly writer: Writer
  readonly enabled: ReadonlySet<Enabled>
  flush(): Promise<void>
}

export interface TellOptions extends SyncOptions {
  /** may expunges be told now? (RFC 9051 §7.5.1) */
  readonly expunge: boolean
  /** with UIDs in FETCH */
  readonly uid: boolean
}

export class Selected {
  readonly view: View
  /** keywords that the client was told of in FLAGS */
  readonly keywords = new Set<string>()
  readonly #listener: Listener

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
      if (id !== 0) for (const word of listener.quarantine.keywords(id)) this.keywords.add(word)
  }

  /** Brings the view up to the journal and writes what the client has to know. */
  async tell({ expunge, uid, skip, tell = [] }: TellOptions): Promise<void> {
    const { view } = this
    const { quarantine, login, writer, enabled } = this.#listener
    const news = quarantine.changes(login, view.folder, view.seq) ?? this.#reread()
    const recentFrom = await this.#recentFrom(news.changes)
    const step = view.advance(news.changes, news.seq, { expunge, recentFrom })
    const teller = { writer, view, enabled, keywords: (id: number) => quarantine.keywords(id) }
    writeNumbering(teller, step)
    const indexes = [...new Set([...step.flags, ...tell])]
      .map((one) => view.indexOf(one))
      .filter((index) => index >= 0)
      .toSorted((a, b) => a - b)
    writeKeywords(teller, indexes, this.keywords)
    for (const index of indexes) {
      writeFlags(teller, index, { uid, silent: skip?.(view.uidAt(index)) ?? false })
      if (writer.size > PIECE) await this.#listener.flush()
    }
  }

  /** From which UID on new messages are \Recent: this session is the first that is told of them. */
  async #recentFrom(changes: readonly Change[]): Promise<number | undefined> {
    const { quarantine, login, enabled } = this.#listener
    const last = changes.findLast(({ kind }) => kind === 'add')
    if (!last || enabled.has('IMAP4REV2')) return undefined
    const { folder, readOnly } = this.view
    return readOnly
      ? quarantine.recentFrom(login, folder)
      : await quarantine.claimRecent(login, folder, last.uid)
  }

  /** For when the journal does not reach back to where the view stands. */
  #reread(): { seq: number; changes: Change[] } {
    const { quarantine, login } = this.#listener
    const rows = quarantine.rows(login, this.view.folder)
    return { seq: rows.seq, changes: this.view.difference(rows) }
  }
}
