// The journal of several machines: decisions are entries of one log, of which each machine folds its own views. There is no
// database in here but the views; the log may be any (log/log.ts).
//
// A verb is decided when this machine has the turn and its views are at the end of the log; what it appends is thrown away
// again, appended to the log, and folded once it is in. Whether an attempt that nobody answered is in is settled by the next turn.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Refused, Unavailable } from '../../errors.ts'
import {
  Busy,
  Gone,
  Trimmed,
  type Entry,
  type Found,
  type Head,
  type Log,
  type Member,
  type Session,
  type Telling,
} from '../../log/log.ts'
import { HOUR } from '../../time.ts'
import type { Env } from '../env.ts'
import type { Decided, Journal, JournalState, LocalJournal, WriteOptions } from '../journal.ts'
import type { Tx } from '../tx.ts'
import type { Watch } from '../watch.ts'
import { BlobCarrier, type Blobs } from './blobs.ts'
import { Circle } from './circle.ts'
import { entryOf, LEVEL, type Thought } from './entry.ts'
import { Fold, Fork, reaches } from './fold.ts'
import type { Position } from './position.ts'
import { OCTETS, Queue, THINK_MS, VERBS, type Verb } from './queue.ts'
import { Sessions } from './sessions.ts'

export interface ReplicatedOptions {
  node: string
  version: string
  /** Days for which the log keeps what all machines have. */
  logDays: number
  /** How long a verb waits for its turn, ms. */
  writeTimeoutMs: number
  /** Of entries, that this version knows; LEVEL unless told. */
  level?: number
  /** Told once, when this machine stops writing until a person has looked. */
  onHalt?: (reason: string) => void
}

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

/** How often the log is looked at, if nobody tells of news. */
const POLL_MS = 250
/** How long one process follows the log for all of its machine unless it says so again. */
const LEASE_MS = 2000
/** Between two tries to fold what this machine could not (its disk is full). */
const STUCK_MS = 500
/** How often a machine tells of itself. */
const BEAT_MS = 2000

/** How often what all machines have is taken out of the log. */
const TRIM_MS = HOUR

/** A verb keeps messages that the log has not: it is decided again once they are there. */
class Unput extends Error {
  readonly blobs: Blobs
  constructor(blobs: Blobs) {
    super('the log does not have the messages of this decision yet')
    this.blobs = blobs
  }
}

export class ReplicatedJournal implements Journal {
  readonly #env: Env
  readonly #local: LocalJournal
  readonly #position: Position
  readonly #fold: Fold
  readonly #blobs: BlobCarrier
  readonly #circle: Circle
  readonly #level: number
  readonly #sessions: Sessions
  readonly #options: ReplicatedOptions
  readonly #queue = new Queue()
  readonly #id = randomUUID()
  readonly #unlisten: () => void
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> | null = null
  #unknown: Attempt | null = null
  #advancing: Promise<boolean> | null = null
  #beaten = 0
  #trimmed = Date.now()
  #halted = ''
  /** Of the log, as it was seen last. */
  #epoch = ''
  /** The session on which the log did not look as it did before. */
  #suspect: Session | null = null
  /** Why an entry cannot be folded here, for people. */
  #stuck = ''
  #lag = 0
  #closed = false

  constructor(
    env: Env,
    local: LocalJournal,
    position: Position,
    log: Log,
    options: ReplicatedOptions,
  ) {
    this.#env = env
    this.#local = local
    this.#position = position
    this.#options = options
    this.#fold = new Fold(env, local, position)
    this.#blobs = new BlobCarrier(env)
    this.#circle = new Circle(env, position)
    this.#level = options.level ?? LEVEL
    this.#sessions = new Sessions(log, () => this.#telling, {
      get: () => position.server,
      put: (server) => env.write(() => position.meet(server)),
    })
    this.#unlisten = log.onNews(() => this.#look())
    this.#timer = setInterval(() => this.#look(), POLL_MS).unref()
  }

  get watch(): Watch {
    return this.#local.watch
  }

  get state(): JournalState {
    const why = this.#why
    return { can: why === '' ? 'write' : 'read', why, lag: this.#lag }
  }

  entries: Journal['entries'] = (since) => this.#local.entries(since)
  followed: Journal['followed'] = (since, topic) => this.#local.followed(since, topic)

  async write<T>(options: WriteOptions, decide: (tx: Tx) => T): Promise<T> {
    const { within = this.#options.writeTimeoutMs } = options
    const until = performance.now() + within
    if (this.#circle.why !== '') throw this.#unavailable()
    const blobs = await this.#preview(options, decide)
    await this.#carry(blobs, until)
    const result = await this.#queued(options, decide, until)
    this.watch.poke()
    return result as T
  }

  #queued(options: WriteOptions, decide: (tx: Tx) => unknown, until: number): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      const verb: Verb = {
        options,
        decide,
        until,
        resolve: (result) => {
          clearTimeout(timer)
          resolve(result)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      // One that is on its way may still come to be.
      const timer = setTimeout(() => {
        reject(this.#unavailable(this.#queue.drop(verb)))
      }, until - performance.now())
      this.#queue.push(verb)
      this.#run()
    })
  }

  async barrier(ms: number): Promise<boolean> {
    const until = performance.now() + ms
    const arrived = this.#arrive(until).catch(() => false)
    // A process that has nothing else to do waits for it, and no longer.
    const end = new AbortController()
    const late = delay(ms, false, { signal: end.signal }).catch(() => false)
    const answer = await Promise.race([arrived, late])
    end.abort()
    this.#env.refresh()
    return answer
  }

  /** Ends following and the session. What waits for its turn is refused. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    this.#unlisten()
    this.#refuseAll()
    this.#sessions.close()
    await this.#running
    await this.#advancing?.catch(() => undefined)
  }

  /** All machines, as they told of themselves last; null: they cannot be asked about now. */
  async members(): Promise<Member[] | null> {
    try {
      return await (await this.#sessions.get()).members()
    } catch (error) {
      if (error instanceof Gone) return null
      throw error
    }
  }

  get #telling(): Telling {
    this.#env.refresh()
    const { seq, chain } = this.#fold.here
    const { node, version } = this.#options
    return { node, version, level: this.#level, seq, chain }
  }

  // --- writing ---

  /** What a decision would keep: its messages go ahead of it. Throws what is no matter of what others did meanwhile. */
  async #preview<T>(options: WriteOptions, decide: (tx: Tx) => T): Promise<Blobs> {
    try {
      const { blobs } = await this.#env.write(
        () => this.#env.rolledBack(() => this.#local.decided(options, decide)),
        options,
      )
      return blobs
    } catch (error) {
      // It may be otherwise at the end of the log.
      if (error instanceof Refused && error.kind !== 'invalid') return new Map()
      throw error
    }
  }

  async #carry(blobs: Blobs, until: number): Promise<void> {
    while (!this.#blobs.has(blobs)) {
      if (performance.now() > until || this.#halted !== '') throw this.#unavailable()
      try {
        await this.#blobs.put(await this.#sessions.toWrite(), blobs)
      } catch (error) {
        if (!(error instanceof Gone)) throw error
      }
    }
  }

  #run(): void {
    this.#running ??= this.#turns().finally(() => {
      this.#running = null
      if (!this.#queue.isEmpty && !this.#closed) this.#run()
    })
  }

  async #turns(): Promise<void> {
    while (!this.#closed && (!this.#queue.isEmpty || this.#unknown)) {
      if (this.#halted !== '') return this.#refuseAll()
      await this.#guarded((session) => this.#turn(session))
    }
  }

  /** Runs `act` with a session that may be written to; what goes wrong with the log is settled here. */
  async #guarded(act: (session: Session) => Promise<void>): Promise<void> {
    let session: Session | null = null
    try {
      session = await this.#sessions.toWrite()
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
      this.#stuck = error instanceof Error ? error.message : String(error)
      await this.#sessions.pause(STUCK_MS)
    }
  }

  async #turn(session: Session): Promise<void> {
    this.#env.refresh()
    const asked = this.#fold.here
    const { head, entries } = await session.turn(this.#from(asked.seq))
    await this.#isUsable(head, asked, session)
    this.#blobs.meet(session)
    await this.#settle(entries, head, session)
    const missing = entries.filter(({ base }) => base >= asked.seq)
    const refs = this.#blobs.missing(missing)
    const octets = refs.reduce((sum, { size }) => sum + size, 0)
    if (!reaches(missing, asked.seq, head) || octets > OCTETS) {
      await session.release()
      return await this.#catchUp(session)
    }
    const blobs = await this.#blobs.fetch(session, refs)
    const verbs = this.#queue.take(VERBS)
    let outcomes: readonly Outcome[] = []
    const sent: { attempt: Attempt; appended: Promise<boolean> }[] = []
    try {
      // One transaction, at once: what is appended leaves while what was missing is brought to the disk.
      this.#env.writeSync(() => {
        this.#fold.take(missing, blobs)
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
    this.#blobs.folded(missing)
    this.watch.poke()
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
    try {
      await this.#env.write(() => this.#fold.take([entry], blobs, thoughts))
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
    if (isIn) await session.beat(this.#telling)
    this.#unknown = null
    if (isIn) await this.#foldOwn(unknown)
    else this.#queue.pushBack(verbs.map(({ verb }) => verb))
  }

  /**
   * Inside a write transaction: decides as many of `verbs` as there is time and room for, each on those before it, and takes
   * all of it back.
   */
  #think(verbs: readonly Verb[], head: Head): { outcomes: Outcome[]; attempt: Attempt | null } {
    const until = performance.now() + THINK_MS
    const thoughts: Decided<unknown>[] = []
    const outcomes: Outcome[] = []
    const riding = new Map<string, Uint8Array>()
    let octets = 0
    this.#env.rolledBack(() => {
      for (const verb of verbs) {
        let outcome: Outcome['outcome']
        try {
          const decided = this.#env.transaction(() => {
            const one = this.#local.decided(verb.options, verb.decide)
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
    const { chain } = this.#fold.here
    const entry = entryOf(this.#options.node, head.level, chain, thoughts)
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
    const lacking = this.#blobs.lacking(blobs)
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
      await this.#carry(blobs, verb.until)
      this.#queue.push(verb)
      this.#run()
    } catch (error) {
      verb.reject(error)
    }
  }

  // --- following ---

  #look(): void {
    if (this.#closed || this.#halted !== '') return
    this.#env.refresh()
    const { follower } = this.#position
    const now = Date.now()
    const isOurs = follower?.id === this.#id
    // Another process of this machine does it for all.
    if (follower && !isOurs && follower.until > now && follower.until < now + 2 * LEASE_MS) return
    void this.#follow(isOurs ? follower.until - now < LEASE_MS / 2 : true).catch(() => undefined)
  }

  async #follow(renew: boolean): Promise<void> {
    if (renew) {
      const mine = await this.#env.write(() => {
        const { follower } = this.#position
        const now = Date.now()
        if (follower && follower.id !== this.#id && follower.until > now) return false
        this.#position.follow(this.#id, now + LEASE_MS)
        return true
      })
      if (!mine) return
    }
    await this.#advance()
  }

  /** Brings the views to where the log is now; false: it could not be asked. One at a time. */
  async #advance(): Promise<boolean> {
    this.#advancing ??= this.#advanced().finally(() => (this.#advancing = null))
    return await this.#advancing
  }

  async #advanced(): Promise<boolean> {
    let hasArrived = false
    await this.#guarded(async (session) => {
      await this.#catchUp(session)
      hasArrived = true
      if (Date.now() - this.#beaten < BEAT_MS) return
      this.#beaten = Date.now()
      await this.#circle.meet(session, this.#telling)
      if (Date.now() - this.#trimmed < TRIM_MS) return
      this.#trimmed = Date.now()
      await session.trim(this.#options.logDays)
    })
    return hasArrived
  }

  async #arrive(until: number): Promise<boolean> {
    while (this.#halted === '' && performance.now() < until) {
      // One that is under way may have asked before.
      await this.#advancing
      if (await this.#advance()) return true
    }
    return false
  }

  async #catchUp(session: Session): Promise<void> {
    for (;;) {
      this.#env.refresh()
      const asked = this.#fold.here
      const { head, entries }: Found = await session.read(asked.seq)
      await this.#isUsable(head, asked, session)
      this.#lag = Math.max(0, head.seq - asked.seq)
      if (entries.length === 0) return
      const blobs = await this.#blobs.fetch(session, this.#blobs.missing(entries))
      await this.#env.write(() => this.#fold.take(entries, blobs))
      this.#blobs.folded(entries)
      this.watch.poke()
      if (reaches(entries, asked.seq, head)) {
        this.#lag = 0
        return await this.#takeEpoch(head)
      }
    }
  }

  /** Compares the log with what was here before it was asked for. */
  async #isUsable(
    head: Head,
    asked: { seq: number; chain: Uint8Array },
    session: Session,
  ): Promise<void> {
    if (head.halt !== '') await this.#halt(head.halt, false)
    if (head.level > this.#level)
      await this.#halt(
        `the machines of the cluster write at level ${head.level}, and this version knows ${this.#level}: install the version of the others`,
        false,
      )
    if (this.#halted !== '') {
      this.#sessions.drop(session)
      throw new Gone(this.#halted)
    }
    this.#epoch = head.epoch
    this.#fold.compare(head, asked)
    if (head.seq === asked.seq) await this.#takeEpoch(head)
  }

  /** Repaired, and it goes on from what is here: the chain is proof. */
  async #takeEpoch({ epoch }: Head): Promise<void> {
    if (this.#position.belonging?.epoch !== epoch)
      await this.#env.write(() => this.#position.takeEpoch(epoch))
  }

  /** The log is not what was here. Where a person has repaired it since, that is so for this machine alone. */
  async #fork(reason: string): Promise<void> {
    if (this.#position.belonging?.epoch === this.#epoch) return await this.#halt(reason, true)
    await this.#halt(
      `${reason}; the log was repaired, and goes on without what is only here: join anew (lazaret cluster join DIR)`,
      false,
    )
  }

  /** Nothing is written here any more until a person has looked, and neither by the others where it is for all. */
  async #halt(reason: string, isForAll: boolean): Promise<void> {
    if (this.#halted !== '') return
    this.#halted = reason
    this.#options.onHalt?.(reason)
    this.#refuseAll()
    // Until it is there: a machine that was away would believe this log.
    while (isForAll && !this.#closed) {
      try {
        const other = await this.#sessions.get()
        await other.halt(`${this.#options.node}: ${reason}`)
        return this.#sessions.drop(other)
      } catch {
        await this.#sessions.pause(STUCK_MS)
      }
    }
  }

  #refuseAll(): void {
    for (const { reject } of this.#queue.clear()) reject(this.#unavailable())
    const { verbs = [] } = this.#unknown ?? {}
    this.#unknown = null
    for (const { verb } of verbs) verb.reject(this.#unavailable(false))
  }

  get #why(): string {
    return this.#halted || this.#sessions.why || this.#stuck || this.#circle.why
  }

  #unavailable(isUndone = true): Unavailable {
    const why = this.#why || 'the database of the cluster does not answer in time'
    const what = isUndone
      ? 'Nothing was changed; try again later.'
      : 'It may still be changed: look again later.'
    return new Unavailable(`The quarantine cannot be changed at the moment (${why}). ${what}`)
  }
}
