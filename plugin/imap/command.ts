// The shape of a command, and what a command sees of its connection.
import type { Refused } from '../errors.ts'
import type { Login } from '../mail.ts'
import type { Quarantine } from '../quarantine/quarantine.ts'
import type { Interest } from './notify/interest.ts'
import type { Notifications } from './notify/notifications.ts'
import type { View } from './selected/view.ts'
import type { Code, Reader, Received, Writer } from './wire/index.ts'

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
  /** written after the untagged updates, so a function may tell the view's newest state */
  readonly code?: Code
  /** NO where the command was partly done; OK unless given. A refusal is thrown as Refused. */
  readonly status?: 'OK' | 'NO'
  /** what follows the tagged response: STARTTLS, COMPRESS, LOGOUT */
  readonly after?: () => Promise<void>
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
  /**
   * True for what may add messages to the selected mailbox or take some away: that is told also to a
   * client that wants to hear of nothing (NOTIFY NONE).
   */
  readonly renumbers?: boolean
  /** May an announced literal of `size` octets be sent? Throws Refused or Bad if not. */
  literal?(session: Session, start: Received, size: number): void
  parse(reader: Reader, call: Call): Args
  run(session: Session, args: Args, call: Call): Promise<Done | void>
}

/** Extensions that change the server's behaviour once a client has asked for them. */
export type Enabled = 'CONDSTORE' | 'QRESYNC' | 'UTF8=ACCEPT' | 'IMAP4REV2'

/** Facts about a connection. */
export interface Peer {
  /** network address of the client, IPv4 in its dotted form */
  readonly address: string
  /** the address, or the IPv6 network, against which wrong passwords are counted */
  readonly network: string
  readonly secure: boolean
  readonly compressed: boolean
}

/** A connection, as commands see it. */
export interface Session {
  readonly quarantine: Quarantine
  readonly peer: Peer
  /** who is logged in; only for commands whose state asks for it */
  readonly login: Login
  readonly loggedIn: boolean
  /** the selected mailbox; only for commands of state 'selected' */
  readonly view: View
  readonly selected: boolean
  readonly writer: Writer
  /** what is announced now */
  readonly capabilities: readonly string[]
  readonly enabled: ReadonlySet<Enabled>
  /** keywords of the selected mailbox that the client knows of */
  readonly keywords: ReadonlySet<string>
  /** UTF8=ACCEPT or IMAP4rev2: mailbox names travel as UTF-8 */
  readonly utf8: boolean
  /** what the client wants to be told between commands */
  readonly notifications: Notifications
  /** NOTIFY: from now on these events are told and no others. */
  notify(interest: Interest): void
  /** ENABLE, and the commands that imply it (RFC 7162 §3.1: FETCH MODSEQ, STORE UNCHANGEDSINCE ...) */
  enable(extension: Enabled): void
  /**
   * Sends what was written and waits while the client reads more slowly than we write; between the
   * messages of a long answer, so that memory stays bounded and others get their turn. What the
   * store handed out by reference must be copied before. Throws when the connection is gone.
   */
  flush(): Promise<void>
  /** Brings the view up to the journal and writes what changed; expunges only where `call` allows. */
  sync(call: Call, options?: SyncOptions): Promise<void>
  /** Makes `view` the selected mailbox, or none. */
  select(view: View | null): void
  /** Begins the authenticated state; Refused when the account has too many connections. */
  logIn(login: Login): void
  /** A wrong password: logged, counted, answered late. Throws Refused. */
  logInFailed(user: string, reason: Refused): Promise<never>
  /** Writes `+ text` and reads the client's next line. */
  prompt(text: string): Promise<Buffer>
  /** Tells changes as they come until the client sends a line (RFC 2177). */
  idle(call: Call): Promise<void>
  startTls(): Promise<void>
  compress(): Promise<void>
  end(): Promise<void>
  log(line: string): void
}

export interface SyncOptions {
  /** true for messages whose new flags the client knows: it asked for them itself (.SILENT) */
  readonly skip?: (uid: number) => boolean
  /** UIDs of messages whose flags are told even if they are as before */
  readonly tell?: readonly number[]
  /** whatever NOTIFY says */
  readonly everything?: boolean
}
