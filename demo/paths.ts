// Where the parts of a local gateway lie below its folder.
import { join } from 'node:path'

/** The mail domain of the gateway; a name that nobody can own (RFC 2606 §2). */
export const DOMAIN = 'demo.example'

/** The package itself: two levels above dist/demo. */
export const ROOT = join(__dirname, '..', '..')

export interface Paths {
  /** Haraka's folder, with config/ and queue/. */
  haraka: string
  data: string
  delivered: string
  log: string
  /** What this gateway remembers from start to start: passwords, and what was done once. */
  state: string
  /** For programs: written once everything listens. */
  demo: string
}

export function paths(dir: string): Paths {
  return {
    haraka: join(dir, 'haraka'),
    data: join(dir, 'data'),
    delivered: join(dir, 'delivered'),
    log: join(dir, 'haraka.log'),
    state: join(dir, 'state.json'),
    demo: join(dir, 'demo.json'),
  }
}
