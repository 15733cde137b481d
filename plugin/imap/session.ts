// What commands see: a connection, which lives as long as its socket, and from the login on its session.
import type { Refused } from '../errors.ts'
import type { Login } from '../mail.ts'
import type { Door } from '../quarantine/quarantine.ts'
import type { Client, Enabled } from './client.ts'
import type { Interest } from './notify/interest.ts'
import type { Notifications } from './notify/notifications.ts'
import type { View } from './selected/view.ts'
import type { Writer } from './wire/index.ts'

/** Facts about a connection. */
export interface Peer {
  /** network address of the client, IPv4 in its dotted form */
  readonly address: string
  /** the address, or the IPv6 network, against which wrong passwords are counted */
  readonly network: string
  readonly secure: boolean
  readonly compressed: boolean
}

/** A command as it was called. */
export interface Call {
  readonly tag: string
  /** upper case, "UID FETCH" for UID forms */
  readonly name: string
  readonly uid: boolean
  /** may expunges be told while it runs and at its end? (RFC 9051 §7.5.1) */
  readonly expunge: boolean
  /** may it itself add messages to the selected folder, or take some away? */
  readonly renumbers: boolean
}

/** A client and its socket, logged in or not. */
export interface Connection {
  readonly quarantine: Door
  readonly peer: Peer
  readonly writer: Writer
  /** null before the login */
  readonly session: Session | null
  /** what is announced now */
  readonly capabilities: readonly string[]
  /** the session's */
  readonly utf8: boolean
  /** Begins the session; Refused when the account has too many. */
  logIn(login: Login): void
  /** A wrong password: logged, counted, answered late. Throws Refused. */
  logInFailed(user: string, reason: Refused): Promise<never>
  /** Writes `+ text` and reads the client's next line. */
  prompt(text: string): Promise<Buffer>
  startTls(): Promise<void>
  /** Nothing more is read from the client. */
  end(): void
  log(line: string): void
}

/** A connection that logged in. */
export interface Session extends Client {
  /** keywords of the selected folder that the client knows of */
  readonly keywords: ReadonlySet<string>
  /** UTF8=ACCEPT or IMAP4rev2: names of folders travel as UTF-8 */
  readonly utf8: boolean
  readonly compressed: boolean
  /** what the client wants to be told between commands */
  readonly notifications: Notifications
  /** NOTIFY: from now on these events are told and no others. */
  notify(interest: Interest): void
  /** ENABLE, and the commands that imply it (RFC 7162 §3.1: FETCH MODSEQ, STORE UNCHANGEDSINCE ...) */
  enable(extension: Enabled): void
  /** Brings the view up to the journal and writes what changed; expunges only where `call` allows. */
  sync(call: Call, options?: SyncOptions): Promise<void>
  /** Says that nothing can be changed at the moment, once for each time that it is so. */
  tellStopped(): void
  /** Makes the folder of `view` the selected one, or none. */
  select(view: View | null): void
  /** Tells changes as they come until the client sends a line (RFC 2177). */
  idle(call: Call): Promise<void>
  /** Counts the memory of compression; throws Refused where there is none. */
  holdCompression(): void
  compress(): Promise<void>
}

export interface SyncOptions {
  /** true for messages whose new flags the client knows: it asked for them itself (.SILENT) */
  readonly skip?: (uid: number) => boolean
  /** UIDs of messages whose flags are told even if they are as before */
  readonly tell?: readonly number[]
  /** whatever NOTIFY says */
  readonly everything?: boolean
}
