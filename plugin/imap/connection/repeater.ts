// Work that is asked for more often than it can be done: IDLE's telling of changes.

export class Repeater {
  readonly #work: () => Promise<void>
  #running: Promise<void> | null = null
  #again = false

  /** `work` must not reject. */
  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  /** Does the work, once more if it is being done; never twice at a time. Resolves when it is done. */
  run(): Promise<void> {
    this.#again = true
    this.#running ??= this.#loop()
    return this.#running
  }

  /** Resolves when no work is being done. */
  async rest(): Promise<void> {
    await this.#running
  }

  async #loop(): Promise<void> {
    while (this.#again) {
      this.#again = false
      await this.#work()
    }
    this.#running = null
  }
}
