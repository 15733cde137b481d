// Memory for large messages: so many octets at a time. Who comes when it is full waits for his turn, and not for ever.

export class NoRoom extends Error {
  override name = 'NoRoom'
}

interface Waiting {
  octets: number
  enter: () => void
}

export class Room {
  readonly #most: number
  readonly #patience: number
  #taken = 0
  #peak = 0
  readonly #waiting: Waiting[] = []

  /**
   * @param most octets that may be taken at a time; what is larger is alone
   * @param patience ms after which whoever waits is turned away
   */
  constructor(most: number, patience: number) {
    this.#most = most
    this.#patience = patience
  }

  /** The most octets that ever were taken at a time. */
  get peak(): number {
    return this.#peak
  }

  /** Runs `work` with so many octets taken. Throws NoRoom when they did not come free in time. */
  async with<T>(octets: number, work: () => Promise<T>): Promise<T> {
    // In turn: a large one is not passed by small ones until it is turned away.
    if (this.#waiting.length > 0 || !this.#fits(octets)) await this.#wait(octets)
    else this.#take(octets)
    try {
      return await work()
    } finally {
      this.#taken -= octets
      this.#letIn()
    }
  }

  #fits(octets: number): boolean {
    return this.#taken === 0 || this.#taken + octets <= this.#most
  }

  #take(octets: number): void {
    this.#taken += octets
    this.#peak = Math.max(this.#peak, this.#taken)
  }

  /** Resolves when the octets are taken. */
  async #wait(octets: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const waiting = { octets, enter: resolve }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(new NoRoom('too many large messages came at a time'))
        this.#letIn()
      }, this.#patience)
      waiting.enter = () => {
        clearTimeout(timer)
        this.#take(octets)
        resolve()
      }
      this.#waiting.push(waiting)
    })
  }

  #letIn(): void {
    for (
      let first = this.#waiting[0];
      first && this.#fits(first.octets);
      first = this.#waiting[0]
    ) {
      this.#waiting.shift()
      first.enter()
    }
  }
}
