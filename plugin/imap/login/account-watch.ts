// Ends the sessions of accounts that were removed or have a new password, whatever these are waiting for.
import type { Door } from '../../quarantine/quarantine.ts'

/** Time between two looks at all accounts of a process, in ms: the journal may grow much more often. */
const PERIOD = 500

interface Watched {
  /** Ends, if its account is not what it was at the login. */
  checkAccount(): void
}

export class AccountWatch {
  readonly #quarantine: Door
  readonly #sessions = new Set<Watched>()
  #stop: (() => void) | null = null
  #timer: NodeJS.Timeout | null = null
  #again = false

  constructor(quarantine: Door) {
    this.#quarantine = quarantine
  }

  add(session: Watched): void {
    this.#sessions.add(session)
    this.#stop ??= this.#quarantine.logins.watch(() => this.#changed())
  }

  remove(session: Watched): void {
    this.#sessions.delete(session)
    if (this.#sessions.size > 0) return
    this.#stop?.()
    this.#stop = null
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** At once, and then not again for a while. */
  #changed(): void {
    this.#again = true
    if (this.#timer) return
    this.#again = false
    for (const session of this.#sessions) session.checkAccount()
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#again) this.#changed()
    }, PERIOD).unref()
  }
}
