// Commands under way, counted by account over all its connections: so many run, as many again wait for their turn, in
// their order, and one more is refused. A pipeline is one command after the other, so it has one place.
import { Refused } from '../../errors.ts'

interface Commands {
  running: number
  readonly waiting: (() => void)[]
}

export class Underway {
  readonly #most: number
  readonly #accounts = new Map<string, Commands>()
  #total = 0

  /** @param most commands of one account that run at one time */
  constructor(most: number) {
    this.#most = most
  }

  /** Commands that run or wait now. */
  get total(): number {
    return this.#total
  }

  /**
   * Counts a command; answers how to give its place back, and where it has to wait for one a promise of that. Refused
   * where too many wait.
   */
  enter(account: string): (() => void) | Promise<() => void> {
    const commands = this.#accounts.get(account) ?? { running: 0, waiting: [] }
    const leave = (): void => this.#leave(account, commands)
    if (commands.running < this.#most) {
      this.#accounts.set(account, commands)
      commands.running++
      this.#total++
      return leave
    }
    if (commands.waiting.length >= this.#most)
      throw new Refused(
        'limit',
        `Too many commands of this account are under way: ${this.#most} run and as many wait. Try again when one of ` +
          'them is answered, or use fewer connections at one time.',
      )
    this.#total++
    return new Promise((resolve) => commands.waiting.push(() => resolve(leave)))
  }

  #leave(account: string, commands: Commands): void {
    this.#total--
    // Its place goes to the one that has waited longest.
    const next = commands.waiting.shift()
    if (next) next()
    else if (--commands.running === 0) this.#accounts.delete(account)
  }
}
