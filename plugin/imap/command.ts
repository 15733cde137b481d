// The shape of a command, and what a command sees of its connection.
import type { Login } from '../mail.ts'
import type { Quarantine } from '../quarantine/quarantine.ts'
import type { View } from './view.ts'
import type { Code, Reader, Writer } from './wire/index.ts'

/** States of RFC 9051 §3 in which a command is allowed. 'authenticated' includes selected. */
export type State = 'any' | 'not-authenticated' | 'authenticated' | 'selected'

/** The command as it was called. */
export interface Call {
  readonly tag: string
  /** upper case, "UID FETCH" for UID forms */
  readonly name: string
  readonly uid: boolean
}

/** How a command ended: its tagged response. */
export interface Done {
  /** a sentence for people; 'NAME completed' unless given */
  readonly text?: string
  readonly code?: Code
  /** NO where the command was partly done; OK unless given. A refusal is thrown as Refused. */
  readonly status?: 'OK' | 'NO'
}

/**
 * One file a command. `parse` reads all arguments and may throw Bad or Refused; `run` writes its
 * untagged responses to `session.writer`, the session writes the tagged one.
 */
export interface Command<Args = unknown> {
  readonly state: State
  /**
   * True for FETCH, STORE, SEARCH, SORT, THREAD by sequence number: no EXPUNGE may be sent while
   * they run or at their end (RFC 9051 §7.5.1).
   */
  readonly keepsNumbers?: boolean
  parse(reader: Reader, call: Call): Args
  run(session: Session, args: Args, call: Call): Promise<Done | void>
}

/** Extensions that change the server's behaviour once a client has asked for them. */
export type Enabled = 'CONDSTORE' | 'QRESYNC' | 'UTF8=ACCEPT' | 'IMAP4REV2'

/** A connection, as commands see it. */
export interface Session {
  readonly quarantine: Quarantine
  /** who is logged in; only for commands whose state asks for it */
  readonly login: Login
  /** the selected mailbox; only for commands of state 'selected' */
  readonly view: View
  readonly writer: Writer
  readonly enabled: ReadonlySet<Enabled>
  /** ENABLE, and the commands that imply it (RFC 7162 §3.1: FETCH MODSEQ, STORE UNCHANGEDSINCE ...) */
  enable(extension: Enabled): void
  /**
   * Sends what was written and waits while the client reads more slowly than we write; between the
   * messages of a long answer, so that memory stays bounded and others get their turn. What the
   * store handed out by reference must be copied before. Throws when the connection is gone.
   */
  flush(): Promise<void>
  /** Brings the view up to the journal and writes what changed; expunges only where `call` allows. */
  sync(call: Call, options?: SyncOptions): void
}

export interface SyncOptions {
  /** true for messages whose new flags the client knows: it asked for them itself (.SILENT) */
  readonly skip?: (uid: number) => boolean
}
