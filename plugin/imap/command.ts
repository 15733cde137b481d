// The shape of a command.
import type { Call, Connection, Session } from './session.ts'
import type { Code, Reader, Received } from './wire/index.ts'

/** How a command ended: its tagged response. */
export interface Done {
  /** a sentence for people; 'NAME completed' unless given */
  readonly text?: string
  /** written after the untagged updates, so a function may tell the view's newest state */
  readonly code?: Code
  /** NO where the command was partly done; OK unless given. A refusal is thrown as Refused. */
  readonly status?: 'OK' | 'NO'
  /** what follows the tagged response: STARTTLS, COMPRESS, LOGOUT */
  readonly after?: () => void | Promise<void>
}

/**
 * `parse` reads all arguments and may throw Bad or Refused; `run` writes its untagged responses to the
 * writer, the tagged one is written for it.
 */
interface Shape<On, Args> {
  /**
   * True for FETCH, STORE, SEARCH, SORT, THREAD by sequence number: no EXPUNGE may be sent while
   * they run or at their end (RFC 9051 §7.5.1).
   */
  readonly keepsNumbers?: boolean
  /**
   * True for what may add messages to the selected folder or take some away: that is told also to a
   * client that wants to hear of nothing (NOTIFY NONE).
   */
  readonly renumbers?: boolean
  /** May an announced literal of `size` octets be sent? Throws Refused or Bad if not. */
  literal?(on: On, start: Received, size: number): void
  parse(reader: Reader, call: Call): Args
  run(on: On, args: Args, call: Call): Promise<Done | void>
}

/** A command of states (RFC 9051 §3) that need no login. */
export interface ConnectionCommand<Args = unknown> extends Shape<Connection, Args> {
  readonly state: 'any' | 'not-authenticated'
}

/** A command of states that need one. 'authenticated' includes selected. */
export interface SessionCommand<Args = unknown> extends Shape<Session, Args> {
  readonly state: 'authenticated' | 'selected'
  /** True for IDLE, which does nothing: it is not among the commands that an account may have under way. */
  readonly idles?: boolean
}

export type Command<Args = unknown> = ConnectionCommand<Args> | SessionCommand<Args>
