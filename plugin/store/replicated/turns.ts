// Writing in turn: a verb is decided when this machine has the turn and its views are at the end of the log; what it appends is
// thrown away again, appended to the log, and folded once it is in. Whether an attempt that nobody answered is in is settled by
// the next turn.
import { Unavailable } from '../../errors.ts'
import { Fork, type Entry, type Head, type Session, type Telling } from '../../log/log.ts'
import type { Env } from '../env.ts'
import type { Decided, LocalJournal } from '../journal.ts'
import type { Watch } from '../watch.ts'
import type { BlobCarrier, Blobs } from './blobs.ts'
import { entryOf, type Thought } from './entry.ts'
import { reaches, type Fold } from './fold.ts'
import type { Following } from './following.ts'
import type { Link } from './link.ts'
import { OCTETS, Queue, THINK_MS, VERBS, type Verb } from './queue.ts'

/** Verbs that are on their way into the log in one entry. */
interface Attempt {
  entry: Entry
  verbs: readonly Outcome[]
  blobs: Blobs
  thoughts: readonly Thought[]
  /** What the log did not have before it. */
  riding: ReadonlyMap<string, Uint8Array>
}

interface Outcome {
  verb: Verb
  outcome: { result: unknown } | { error: unknown }
}

/** A verb keeps messages that the log has not: it is decided again once they are there. */
class Unput extends Error {
  readonly blobs: Blobs
  constructor(blobs: Blobs) {
    super('the log does not have the messages of this decision yet')
    this.blobs = blobs
  }
}

/** What turns need of the journal. */
export interface TurnsParts {
  env: Env
  local: LocalJournal
  fold: Fold
  blobs: BlobCarrier
  link: Link
  following: Following
  watch: Watch
  node: string
  telling: () => Telling
  /** Brings messages into the log, until then (performance.now()). */
  carry: (blobs: Blobs, until: number) => Promise<void>
  /** @param isUndone whether it is certain that nothing was changed */
  unavailable: (isUndone?: boolean) => Unavailable
}

export class Turns {
  readonly #parts: TurnsParts
  readonly #queue = new Queue()
  #running: Promise<void> | null = null
  #unknown: Attempt | null = null
  #closed = false

  constructor(parts: TurnsParts) {
    this.#parts = parts
  }

  push(verb: Verb): void {
    this.#queue.push(verb)
    this.#run()
  }

  /** Its caller does not wait any more. False: it is on its way. */
  drop(verb: Verb): boolean {
    return this.#queue.drop(verb)
  }

  /** What waits is refused. */
  refuse(): void {
    const { unavailable } = this.#parts
    for (const { reject } of this.#queue.clear()) reject(unavailable())
    const { verbs = [] } = this.#unknown ?? {}
    this.#unknown = null
    for (const { verb } of verbs) verb.reject(unavailable(false))
  }

  close(): void {
    this.#closed = true
    this.refuse()
  }

  /** Resolves when nothing is under way. */
  async rest(): Promise<void> {
    await this.#running
  }

  #run(): void {
    this.#running ??= this.#turns().finally(() => {
      this.#running = null
      if (!this.#queue.isEmpty && !this.#closed) this.#run()
    })
  }

  async #turns(): Promise<void> {
    const { link } = this.#parts
    while (!this.#closed && (!this.#queue.isEmpty || this.#unknown)) {
      if (link.halted !== '') return this.refuse()
      await link.guarded({ writes: true }, (session) => this.#turn(session))
    }
  }

  async #turn(session: Session): Promise<void> {
    const { env, fold, blobs, link, following, watch } = this.#parts
    env.refresh()
    const asked = fold.here
    const { head, entries } = await session.turn(this.#from(asked.seq))
    await link.isUsable(head, asked, session)
    blobs.meet(session)
    await this.#settle(entries, head, session)
    const missing = entries.filter(({ base }) => base >= asked.seq)
    const refs = blobs.missing(missing)
    const octets = refs.reduce((sum, { size }) => sum + size, 0)
    if (!reaches(missing, asked.seq, head) || octets > OCTETS) {
      await session.release()
      return await following.catchUp(session)
    }
    const come = await blobs.fetch(session, refs)
    const verbs = this.#queue.take(VERBS)
    let outcomes: readonly Outcome[] = []
    const sent: { attempt: Attempt; appended: Promise<boolean> }[] = []
    try {
      // One transaction, at once: what is appended leaves while what was missing is brought to the disk.
      env.writeSync(() => {
        fold.take(missing, come)
        const thought = this.#think(verbs, head)
        const { attempt } = thought
        outcomes = thought.outcomes
        if (!attempt) return
        const appended = session.append(attempt.entry, attempt.riding)
        // Looked at below; until then its end is nobody's surprise.
        appended.catch(() => undefined)
        sent.push({ attempt, appended })
      })
    } catch (error) {
      for (const { attempt } of sent) this.#unknown = attempt
      this.#queue.pushBack(verbs.slice(sent.length === 0 ? 0 : outcomes.length))
      throw error
    }
    blobs.folded(missing)
    watch.poke()
    // Those for which there was no time.
    this.#queue.pushBack(verbs.slice(outcomes.length))
    for (const { attempt, appended } of sent) await this.#appended(attempt, appended)
    if (sent.length > 0) return
    await session.release()
    this.#answer(outcomes)
  }

  async #appended(attempt: Attempt, appended: Promise<boolean>): Promise<void> {
    let isIn: boolean
    try {
      isIn = await appended
    } catch (error) {
      this.#unknown = attempt
      throw error
    }
    if (!isIn) return this.#queue.pushBack(attempt.verbs.map(({ verb }) => verb))
    await this.#foldOwn(attempt)
  }

  async #foldOwn({ entry, verbs, blobs, thoughts }: Attempt): Promise<void> {
    const { env, fold } = this.#parts
    try {
      await env.write(() => fold.take([entry], blobs, thoughts))
    } catch (error) {
      // It is in the log: this machine will fold it once it can.
      for (const { verb } of verbs) verb.reject(error)
      throw error
    }
    this.#answer(verbs)
  }

  /** From where on the log has to be shown. */
  #from(seq: number): number {
    return this.#unknown ? Math.min(seq, this.#unknown.entry.base) : seq
  }

  /** With the turn, all of an earlier attempt is over: what stands where it wanted to be says whether it is in. */
  async #settle(entries: readonly Entry[], head: Head, session: Session): Promise<void> {
    const unknown = this.#unknown
    if (!unknown) return
    const { entry, verbs } = unknown
    const there = entries.find(({ base }) => base === entry.base)
    if (!there && head.seq > entry.base && entries.length > 0 && entries[0].base < entry.base)
      // Older ones were shown first: this machine is further behind than it looks.
      return
    const isIn = there?.id === entry.id
    // Seen is not yet safe.
    if (isIn) await session.beat(this.#parts.telling())
    this.#unknown = null
    if (isIn) await this.#foldOwn(unknown)
    else this.#queue.pushBack(verbs.map(({ verb }) => verb))
  }

  /**
   * Inside a write transaction: decides as many of `verbs` as there is time and room for, each on those before it, and takes
   * all of it back.
   */
  #think(verbs: readonly Verb[], head: Head): { outcomes: Outcome[]; attempt: Attempt | null } {
    const { env, local, fold, node } = this.#parts
    const until = performance.now() + THINK_MS
    const thoughts: Decided<unknown>[] = []
    const outcomes: Outcome[] = []
    const riding = new Map<string, Uint8Array>()
    let octets = 0
    env.rolledBack(() => {
      for (const verb of verbs) {
        let outcome: Outcome['outcome']
        try {
          const decided = env.transaction(() => {
            const one = local.decided(verb.options, verb.decide)
            this.#ride(one.blobs, riding)
            return one
          })
          outcome = { result: decided.result }
          if (decided.events.length > 0) {
            thoughts.push(decided)
            for (const one of decided.blobs.values())
              octets += one instanceof Uint8Array ? one.length : 0
          }
        } catch (error) {
          outcome = { error }
        }
        outcomes.push({ verb, outcome })
        if (performance.now() > until || octets > OCTETS) return
      }
    })
    if (thoughts.length === 0) return { outcomes, attempt: null }
    const entry = entryOf(node, head.level, fold.here.chain, thoughts)
    if (entry.base !== head.seq)
      throw new Fork(`the views are at ${entry.base}, the log is at ${head.seq}`)
    const blobs = new Map(thoughts.flatMap((one) => [...one.blobs]))
    return { outcomes, attempt: { entry, verbs: outcomes, blobs, thoughts, riding } }
  }

  /**
   * What the log does not have yet goes with the entry where it is small: what a decision writes itself is another one each time
   * that it is thought. Throws Unput.
   */
  #ride(blobs: Blobs, riding: Map<string, Uint8Array>): void {
    const lacking = this.#parts.blobs.lacking(blobs)
    const small = lacking.filter((one): one is [string, Uint8Array] => one[1] instanceof Uint8Array)
    let octets = 0
    for (const [, { length }] of [...riding, ...small]) octets += length
    if (small.length < lacking.length || octets > OCTETS) throw new Unput(blobs)
    for (const [name, bytes] of small) riding.set(name, bytes)
  }

  #answer(outcomes: readonly Outcome[]): void {
    for (const { verb, outcome } of outcomes) {
      if ('result' in outcome) verb.resolve(outcome.result)
      else if (outcome.error instanceof Unput) void this.#again(verb, outcome.error.blobs)
      else verb.reject(outcome.error)
    }
  }

  async #again(verb: Verb, blobs: Blobs): Promise<void> {
    try {
      await this.#parts.carry(blobs, verb.until)
      this.push(verb)
    } catch (error) {
      verb.reject(error)
    }
  }
}
