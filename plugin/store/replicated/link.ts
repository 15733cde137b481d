// What this machine makes of the log: a session with it, whether it may go on from what it shows, and why not.
import { Busy, Fork, Gone, Trimmed, type Head, type Session, type Telling } from '../../log/log.ts'
import type { Env } from '../env.ts'
import { isSame, type Fold } from './fold.ts'
import type { Position } from './position.ts'
import type { Sessions } from './sessions.ts'

/** Between two tries to fold what this machine could not (its disk is full), and to tell the others to stop. */
const STUCK_MS = 500

export interface LinkOptions {
  node: string
  /** Of entries, that this version knows. */
  level: number
  /** Told when this machine stops writing until a person has looked, and with `''` when it goes on. */
  onHalt?: (reason: string) => void
}

/** Where this machine is. */
export type Here = Pick<Telling, 'seq' | 'chain'>

export class Link {
  readonly #env: Env
  readonly #position: Position
  readonly #fold: Fold
  readonly #sessions: Sessions
  readonly #options: LinkOptions
  readonly #refuse: () => void
  #halted = ''
  /** Why an entry cannot be folded here, for people. */
  #stuck = ''
  /** Of the log, as it was seen last. */
  #epoch = ''
  /** The session on which the log did not look as it did before. */
  #suspect: Session | null = null
  #recovering: Promise<void> | null = null
  #closed = false

  /** @param refuse what waits for its turn is refused */
  constructor(
    env: Env,
    position: Position,
    fold: Fold,
    sessions: Sessions,
    options: LinkOptions,
    refuse: () => void,
  ) {
    this.#env = env
    this.#position = position
    this.#fold = fold
    this.#sessions = sessions
    this.#options = options
    this.#refuse = refuse
  }

  /** Why nothing is written here until a person has looked, for people; `''`. */
  get halted(): string {
    return this.#halted
  }

  /** Why nothing can be written here, for people; `''`. */
  get why(): string {
    return this.#halted || this.#sessions.why || this.#stuck
  }

  close(): void {
    this.#closed = true
  }

  /** Runs `act` with a session; what goes wrong with the log is settled here. */
  async guarded(
    { writes }: { writes: boolean },
    act: (session: Session) => Promise<void>,
  ): Promise<void> {
    let session: Session | null = null
    try {
      // A server that nobody knows is looked at without delay: who has more than it objects before anybody writes there.
      session = await (writes ? this.#sessions.toWrite() : this.#sessions.get())
      await act(session)
      if (this.#suspect !== session) this.#suspect = null
      this.#stuck = ''
    } catch (error) {
      if (error instanceof Busy) return
      if (session) this.#sessions.drop(session)
      if (error instanceof Gone) return
      if (error instanceof Trimmed) return await this.#halt(error.message, false)
      if (error instanceof Fork) {
        // On a running session it is a suspicion only: looked at again with a new one, which is confirmed.
        if (this.#suspect && this.#suspect !== session) await this.#fork(error.message)
        this.#suspect = session
        return
      }
      this.stall(error)
      await this.#sessions.pause(STUCK_MS)
    }
  }

  /** Something cannot be written here; the next that can says that it is over. */
  stall(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    // It is said within a sentence that ends so.
    this.#stuck = text.replace(/\. Nothing was changed.*$/, '')
  }

  /** Compares the log with what was here before it was asked for. Throws Gone where nothing is to be done with it. */
  async isUsable(head: Head, asked: Here, session: Session): Promise<void> {
    const stopped = this.#stopped(head)
    if (stopped !== '') await this.#halt(stopped, false)
    if (this.#halted !== '') {
      this.#sessions.drop(session)
      throw new Gone(this.#halted)
    }
    this.#epoch = head.epoch
    this.#fold.compare(head, asked)
    if (head.seq === asked.seq) await this.takeEpoch(head)
  }

  /** Repaired, and it goes on from what is here: the chain is proof. */
  async takeEpoch({ epoch }: Head): Promise<void> {
    if (this.#position.belonging?.epoch !== epoch)
      await this.#env.write(() => this.#position.takeEpoch(epoch))
  }

  /** Halted: has a person repaired the log, and does it go on from what is here? Then this machine does, too. */
  async recover(): Promise<void> {
    this.#recovering ??= this.#recover().finally(() => (this.#recovering = null))
    await this.#recovering
  }

  async #recover(): Promise<void> {
    let session: Session | null = null
    try {
      session = await this.#sessions.get()
      this.#env.refresh()
      const asked = this.#fold.here
      const { head, entries } = await session.read(asked.seq)
      if (this.#halted === '' || this.#stopped(head) !== '') return
      this.#epoch = head.epoch
      this.#fold.compare(head, asked)
      const [first] = entries
      if (first && !isSame(first.prev, asked.chain))
        throw new Fork(`the log has other events behind ${asked.seq}`)
      this.#say('')
    } catch (error) {
      // It is as it was; but who is alone with what it has is told so.
      if (error instanceof Fork && this.#isRepaired) this.#say(anew(error.message))
    } finally {
      if (session && this.#halted !== '') this.#sessions.drop(session)
    }
  }

  #stopped({ halt, level }: Head): string {
    if (halt !== '') return halt
    return level > this.#options.level
      ? `the machines of the cluster write at level ${level}, and this version knows ${this.#options.level}: install the version of the others`
      : ''
  }

  get #isRepaired(): boolean {
    return this.#position.belonging?.epoch !== this.#epoch
  }

  /** The log is not what was here. Where a person has repaired it since, that is so for this machine alone. */
  async #fork(reason: string): Promise<void> {
    if (this.#isRepaired) return await this.#halt(anew(reason), false)
    await this.#halt(reason, true)
  }

  /** Nothing is written here any more until a person has looked, and neither by the others where it is for all. */
  async #halt(reason: string, isForAll: boolean): Promise<void> {
    if (this.#halted !== '') return
    this.#say(reason)
    this.#refuse()
    // Until it is there: a machine that was away would believe this log.
    while (isForAll && !this.#closed && this.#halted === reason) {
      try {
        const other = await this.#sessions.get()
        await other.halt(`${this.#options.node}: ${reason}`)
        return this.#sessions.drop(other)
      } catch {
        await this.#sessions.pause(STUCK_MS)
      }
    }
  }

  #say(reason: string): void {
    if (reason === this.#halted) return
    this.#halted = reason
    this.#options.onHalt?.(reason)
  }
}

function anew(reason: string): string {
  return `${reason}; the log was repaired, and goes on without what is only here: join anew (lazaret cluster join DIR)`
}
