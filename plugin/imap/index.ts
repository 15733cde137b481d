// The Haraka plugin `lazaret/imap`: people are served in a process beside Haraka's (front/plugin.ts). Haraka copies every
// export of this file onto its plugin object.
import { registerFront, shutdownFront, type FrontPlugin } from '../front/plugin.ts'

export function register(this: FrontPlugin): void {
  registerFront(this)
}

/** Haraka goes down gracefully. */
export function shutdown(this: FrontPlugin): void {
  shutdownFront(this)
}
