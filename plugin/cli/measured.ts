// What `lazaret bench` and the process that measures (bench/admin) say to each other. The command starts that
// process instead of calling it: what is measured shall not share a process with a progress bar. The words are
// the command's, so that nothing of the plugin needs the bench.

export interface Request {
  /** Existing folder on the disk of the data; a folder of our own is made in it, and removed. */
  disk: string
  corpus?: string
  quick: boolean
  /** Share of all mail that is held, 0..1. */
  heldShare: number
  settings: Figures['settings']
  quarantine: Held | null
  /** The folder in which Haraka runs: the Haraka installed there is measured. */
  harakaDir: string | null
}

export type Reply =
  | { type: 'step'; what: string; done: number }
  | { type: 'done'; outcome: Outcome }
  | { type: 'failed'; message: string }

export interface Outcome {
  figures: Figures
  advice: Advice[]
  warnings: string[]
  /** Where the mail came from. */
  corpus: string
  /** What was left out, and why. */
  skipped: string[]
}

/** A sentence that an admin can act on. */
export interface Advice {
  topic: string
  advice: string
  /** The figure behind it. */
  because: string
}

/** What was measured on an admin's machine: the advice reads nothing else. */
export interface Figures {
  cores: number
  memoryMiB: number
  /** Free octets on the disk of the data folder. */
  diskFree: number
  /** Soft limit of open files. */
  openFiles: number
  /** Writes with fdatasync a second on that disk, the mean time of one in ms. */
  fsync: { rate: number; ms: number }
  /** Microseconds to score a message. */
  scoring: number
  /** Holds a second, committed and flushed or only committed; octets in the file for each of the message. */
  store: { flushed: number; unflushed: number; overhead: number }
  /** KiB for each idle IMAP connection; logged in, a mailbox selected. */
  imap: { kibPerConnection: number }
  /** Null where no Haraka was found. */
  gateway: Gateway | null
  /** What is in the quarantine now; null where there is none yet. */
  quarantine: Held | null
  /** As they are set. */
  settings: { mapSizeGb: number; maxConnections: number; retentionDays: number }
}

export interface Gateway {
  /** Messages a second of one process by the share that is held, 0..1; without the plugin. */
  one: { held: number; rate: number }[]
  alone: number
  /** The same with two workers; null where there was only one core. */
  two: { held: number; rate: number }[] | null
  /** MiB of one process. */
  memoryMiB: number
}

export interface Held {
  items: number
  /** Held in the last seven days, a day. */
  perDay: number
  /** Mean octets of a message. */
  size: number
}
