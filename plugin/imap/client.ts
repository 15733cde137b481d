// The client of a session, as far as what it is answered depends on it: who it is, what it has selected,
// what it understands, and where its answers go.
import type { Verbs } from '../quarantine/verbs/verbs.ts'
import type { Turn } from '../turns.ts'
import type { Readers } from './reader/readers.ts'
import type { View } from './selected/view.ts'
import type { Writer } from './wire/index.ts'

/** Extensions that change the server's behaviour once a client has asked for them. */
export type Enabled = 'CONDSTORE' | 'QRESYNC' | 'UTF8=ACCEPT' | 'IMAP4REV2'

export interface Client {
  /** what the login may do in the quarantine, and who it is */
  readonly verbs: Verbs
  /** the selected folder; only while `selected` */
  readonly view: View
  readonly selected: boolean
  readonly writer: Writer
  readonly enabled: ReadonlySet<Enabled>
  /** its time on the event loop, of the command that runs: whatever may be long asks it */
  readonly turn: Turn
  /** threads for what is longer than a turn of one message */
  readonly readers: Readers
  /**
   * Sends what was written and waits while the client reads more slowly than we write; between the
   * messages of a long answer, so that memory stays bounded and others get their turn. What the
   * store handed out by reference must be copied before. Throws when the connection is gone.
   */
  flush(): Promise<void>
  /**
   * Counts octets that stand in memory until the client has read them against the share of its account, instead of
   * those counted before; 0 gives them back. False where there is no room: nothing is counted then.
   */
  hold(octets: number): boolean
}
