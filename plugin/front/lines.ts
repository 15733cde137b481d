// Lines for Haraka's log go over IPC; what Haraka does not take in time is counted, not kept: a stalled Haraka must
// not fill the front's memory.
import type { FromFront, Level } from './messages.ts'

const WAITING_MAX = 1000

export class Lines {
  readonly #send: (message: FromFront, sent: () => void) => void
  #waiting = 0
  #lost = 0

  constructor(send: (message: FromFront, sent: () => void) => void) {
    this.#send = send
  }

  log(level: Level, line: string): void {
    if (this.#waiting >= WAITING_MAX) {
      this.#lost++
      return
    }
    if (this.#lost > 0) {
      const lost = this.#lost
      this.#lost = 0
      this.log('error', `${lost} lines of the front's log were lost: Haraka did not take them`)
    }
    this.#waiting++
    this.#send({ log: level, line }, () => this.#waiting--)
  }
}
