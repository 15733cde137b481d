// Who gets a password checked, and when: a short queue, in which networks take turns and nobody has more than a share.
// Whoever is refused by it has lost nothing: no attempt is counted.
import { Refused } from '../../errors.ts'
import { THREADS_MAX } from './deriver.ts'

/** Passwords that wait: some seconds of work, which mail clients wait for. */
export const WAITING_MAX = 64
/** Of these, from networks that the account did not log in from lately: its owner finds room beside them. */
export const STRANGERS_MAX = 48
/** Of one such network: a home with all its devices; what a botnet takes grows with its networks. */
export const NETWORK_MAX = 8
/** For one account: different passwords, since equal ones are checked once. */
export const ACCOUNT_MAX = 4

export interface Asker {
  readonly account: string
  readonly network: string
  /** The account logged in from there lately. */
  readonly known: boolean
}

interface Waiting {
  readonly asker: Asker
  readonly begin: () => void
}

const BUSY = 'Too many passwords are being checked at this moment; try again in a few seconds.'

export class HashQueue {
  readonly #strangers = new Turns(STRANGERS_MAX, NETWORK_MAX)
  readonly #known = new Turns(WAITING_MAX, ACCOUNT_MAX)
  readonly #accounts = new Map<string, number>()
  #running = 0
  #done = 0
  /** Known and strange take turns, too. */
  #knownNext = true

  /** Passwords that were hashed, or accounts given one. */
  get done(): number {
    return this.#done
  }

  /** Passwords that wait. */
  get waiting(): number {
    return this.#strangers.size + this.#known.size
  }

  /** Does `work` when it is its turn; Refused where too many wait. */
  async run<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    if (this.#running >= THREADS_MAX) await this.#wait(asker)
    else this.#running++
    try {
      return await work()
    } finally {
      this.#done++
      this.#running--
      this.#next()
    }
  }

  #wait(asker: Asker): Promise<void> {
    const { account, network, known } = asker
    const ofAccount = this.#accounts.get(account) ?? 0
    const [turns, share] = known ? [this.#known, account] : [this.#strangers, network]
    if (this.waiting >= WAITING_MAX || ofAccount >= ACCOUNT_MAX || turns.full(share))
      throw new Refused('busy', BUSY)
    this.#accounts.set(account, ofAccount + 1)
    return new Promise((resolve) => turns.add(share, { asker, begin: resolve }))
  }

  #next(): void {
    const [first, second] = this.#knownNext
      ? [this.#known, this.#strangers]
      : [this.#strangers, this.#known]
    const next = first.take() ?? second.take()
    if (!next) return
    this.#knownNext = !next.asker.known
    const { account } = next.asker
    const left = (this.#accounts.get(account) ?? 1) - 1
    if (left > 0) this.#accounts.set(account, left)
    else this.#accounts.delete(account)
    this.#running++
    next.begin()
  }
}

/** What waits, by share; each share has its turn, and then is the last. */
class Turns {
  readonly #max: number
  readonly #maxOfShare: number
  readonly #shares = new Map<string, Waiting[]>()
  size = 0

  constructor(max: number, maxOfShare: number) {
    this.#max = max
    this.#maxOfShare = maxOfShare
  }

  full(share: string): boolean {
    return this.size >= this.#max || (this.#shares.get(share)?.length ?? 0) >= this.#maxOfShare
  }

  add(share: string, one: Waiting): void {
    this.#shares.set(share, [...(this.#shares.get(share) ?? []), one])
    this.size++
  }

  take(): Waiting | null {
    for (const [share, [first, ...others]] of this.#shares) {
      this.#shares.delete(share)
      if (others.length > 0) this.#shares.set(share, others)
      this.size--
      return first
    }
    return null
  }
}
