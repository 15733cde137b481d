// What Haraka's main process and the front say to each other, as JSON over IPC.
import type { Config } from '../config.ts'
import type { Pem } from '../pem.ts'
import type { Served } from './sockets.ts'

/** The first message to a front: all that it is told. */
export interface Start {
  readonly config: Config
  /** Pid of the process that starts it: once it is gone, the front ends. */
  readonly parent: number
  /** How many fronts before this one ended by themselves. */
  readonly restarts: number
  /** The data directory, absolute. */
  readonly dir: string
  /** The name by which Haraka calls itself: of a certificate that is made. */
  readonly me: string
  /** Null: a self-signed certificate of the data directory. */
  readonly pem: Pem | null
  /** Descriptors of bound sockets. */
  readonly sockets: Served<Socket>
}

/** The port tells whether the descriptor is what it should be. */
export interface Socket {
  readonly fd: number
  readonly port: number
}

export type ToFront = { start: Start } | { pem: Pem } | 'stop'

export type Level = 'info' | 'notice' | 'error'
export type FromFront = { log: Level; line: string } | { ready: true } | { failed: string }

const LEVELS: readonly unknown[] = ['info', 'notice', 'error'] satisfies Level[]

/** Null for what no front of ours says: the parent may be root. */
export function fromFront(message: unknown): FromFront | null {
  if (typeof message !== 'object' || message === null) return null
  const { log, line, ready, failed } = message as Record<string, unknown>
  if (LEVELS.includes(log) && typeof line === 'string') return { log: log as Level, line }
  if (ready === true) return { ready }
  return typeof failed === 'string' ? { failed } : null
}
