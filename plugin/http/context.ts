// What every route is given.
import type { Door } from '../quarantine/quarantine.ts'
import type { Previews } from './preview/previews.ts'
import type { Streams } from './streams.ts'

/** Below the base path. */
export const API = '/api/v1'

/** Where lines go: Haraka's logger, or a test's array. */
export interface Log {
  info(line: string): void
  warn(line: string): void
  error(line: string): void
}

export interface AppContext {
  readonly door: Door
  readonly log: Log
  readonly previews: Previews
  readonly streams: Streams
  /** Path below which a reverse proxy shows all this. */
  readonly base: string
}
