// Another filter on the same mail: it scores a message, then is told what it was (protocol P1).
import type { Mail } from '../harness/mail.ts'

export interface Rival {
  name: string
  /** Why it cannot take part; null when it can. */
  missing(): string | null
  /** Scores of the messages in order, each taken before the message is learned. `dir` is empty. */
  online(mail: readonly Labelled[], dir: string): Promise<number[]>
}

/** One whose cost is measured, too. */
export interface Resident extends Rival {
  /** The filter that has learned `mail`, in the cheapest form in which it judges many messages. `dir` is empty. */
  trained(mail: readonly Stored[], dir: string): Promise<Screener>
}

/** A message that is in a file, too. */
export type Stored = Labelled & { file: string }

export interface Screener {
  /** Judges messages; microseconds of a message, without the start of a process. */
  screen(mail: readonly Stored[]): Promise<number>
  close(): Promise<void>
}

export type Labelled = Mail & { label: 'ham' | 'spam' }
