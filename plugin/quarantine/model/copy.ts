// The model in this process's memory: the kernel at one position of the journal.
import { setImmediate } from 'node:timers/promises'
import { DataError, unlessDamaged } from '../../errors.ts'
import { Draft } from '../../filter/draft.ts'
import type { Filter } from '../../filter/filter.ts'
import type { Lessons } from '../../filter/judge.ts'
import type { Features, Kernel } from '../../filter/kernel.ts'
import type { Score } from '../../filter/score.ts'
import { getBlob } from '../../store/blobs.ts'
import type { Event } from '../../store/events/index.ts'
import { HEARD_COLUMNS } from '../../layers/ceiling.ts'
import { decodeSparse, encodeSparse } from '../../layers/encoded.ts'
import type { Sparse } from '../../layers/sparse.ts'
import type { Scope } from '../../mail.ts'
import { getModel, NOBODY, type ModelState } from '../../store/lessons.ts'
import type { Store } from '../../store/store.ts'
import type { Thought } from '../thought.ts'
import { LayersCopy, type Placed } from './layers-copy.ts'

/** Entries in one step: a few ms. */
const STEP = 50
/** How many entries a decision may try that this process has not followed yet: the writer waits for it. */
const BEHIND = 32
/** How often a decision is run anew because others taught meanwhile; then it takes what there is. */
const TRIES = 5

/** Thrown by a decision that needs the model nearer to the journal: brought there, it is run anew. */
class Again extends Error {}

/** Octets of a message that is read before the decision that learns from it: those of most take a fraction of a ms. */
const LONG = 32 * 1024

/** Thrown by a decision that would have to read a long message: read while nobody waits, it is run anew. */
class Unread extends Error {
  readonly key: string
  readonly raw: Uint8Array
  readonly signals: readonly string[]

  constructor(key: string, raw: Uint8Array, signals: readonly string[]) {
    super('a long message is read ahead of the decision')
    this.key = key
    this.raw = raw
    this.signals = signals
  }
}

/** What a message is judged by for one recipient. */
export interface Judged {
  score: Score
  lessons: Lessons
}

export class ModelCopy {
  readonly #store: Store
  readonly #filter: Filter
  readonly #thought: Thought
  readonly #layers: LayersCopy
  /** Up to which seq of the journal; null: not read yet. */
  #seq: number | null = null
  #state: ModelState | null = null
  #patient = true
  #draft: Draft | null = null
  /** What was read ahead of the decision that is thought. */
  #read: ReadonlyMap<string, Features> = new Map()

  constructor(store: Store, filter: Filter, thought: Thought) {
    this.#store = store
    this.#filter = filter
    this.#thought = thought
    this.#layers = new LayersCopy(store, filter)
  }

  /** The kernel as of the newest lesson. Never inside a decision: there is draft(). */
  get kernel(): Kernel {
    this.catchUp()
    return this.#filter.kernel
  }

  /** The model's counters as of the last look: read once for many messages. */
  get state(): ModelState {
    return (this.#state ??= getModel(this.#store.views))
  }

  /** The layers by which mail of a scope is judged, in the kernel as it was brought up last. */
  layersOf(scope: Scope): Placed {
    return this.#layers.of(scope, this.state)
  }

  /** What they add to the weights of everybody's layer, by slot (ascending). */
  weightsAt(scope: Scope, slots: Uint32Array): Float64Array {
    return this.#layers.weightsAt(scope, this.state, slots)
  }

  /** Scores a message for recipients, as they are asked about: it is read once. In the kernel as it was brought up last. */
  scorer(raw: Uint8Array, signals: readonly string[]): (scope: Scope) => Judged {
    const { kernel } = this.#filter
    const scores = new Map<string, Score>()
    let read = -1
    return (scope) => {
      const { name: key, domain, address, lessons } = this.layersOf(scope)
      let score = scores.get(key)
      if (!score) {
        // Whoever had a turn meanwhile may have read another one.
        score =
          kernel.reads === read
            ? kernel.rescore(domain, address)
            : kernel.scoreFor(raw, signals, domain, address)
        read = kernel.reads
        scores.set(key, score)
      }
      return { score, lessons }
    }
  }

  /** The model as of now: all but the layers, which are views. `crowd`: what people say in it; null: nothing. */
  snapshot(): { upto: number; bytes: Uint8Array; crowd: Uint8Array | null } {
    const { kernel, seq: upto } = this
    const { crowd } = kernel
    return {
      upto,
      bytes: kernel.snapshot(),
      crowd: crowd.slots.length > 0 ? encodeSparse(crowd) : null,
    }
  }

  /** Seq up to which the kernel has every lesson. */
  get seq(): number {
    this.catchUp()
    return this.#seq ?? 0
  }

  /** Applies what the journal has and the kernel has not; cheap when there is nothing. */
  catchUp(): void {
    while (this.#step());
  }

  /** The same, with turns for others in between. */
  async arrive(): Promise<void> {
    while (this.#step()) await setImmediate()
  }

  /**
   * Runs a decision in `write`, which may ask for a draft(); anew, with the model brought up, where it
   * was too far behind, or where it learns from long messages, which are read before.
   */
  async decide<T, Tx>(
    write: (decide: (tx: Tx) => T) => Promise<T>,
    decide: (tx: Tx) => T,
  ): Promise<T> {
    let taught = false
    const read = new Map<string, Features>()
    const run = (patient: boolean) => (tx: Tx) => {
      this.#patient = patient
      this.#read = read
      try {
        return this.#thought.during(() => decide(tx))
      } finally {
        taught = this.#draft !== null
        this.#draft?.undo()
        this.#draft = null
      }
    }
    for (let tries = 1; ;) {
      try {
        const result = await write(run(tries < TRIES))
        if (taught) await this.arrive()
        return result
      } catch (error) {
        if (error instanceof Unread) {
          const { key, raw, signals } = error
          read.set(key, this.#filter.kernel.features(raw, signals))
          continue
        }
        if (!(error instanceof Again)) throw error
        tries++
        await this.arrive()
      }
    }
  }

  /**
   * Inside a decision: the kernel with all lessons that its transaction sees, and for those of the
   * decision itself. What is applied to it is gone when the decision ends.
   */
  draft(): Draft {
    if (this.#draft) return this.#draft
    if (!this.#thought.on) throw new Error('a draft of the model is for a decision')
    if (this.#seq === null || this.#store.floor > this.#seq) throw new Again()
    const behind: Event[] = []
    for (const { event } of this.#store.followed(this.#seq, 'model')) {
      behind.push(event)
      if (isOther(event) || (this.#patient && behind.length > BEHIND)) throw new Again()
    }
    this.#draft = new Draft(this.#filter.kernel)
    const draft = this.#draft
    for (const event of behind)
      learn(
        {
          apply: (change, direction) => draft.apply(change, direction),
          hear: (crowd) => draft.hear(crowd),
        },
        event,
      )
    return draft
  }

  /** Inside a decision: the features of a message that was read ahead of it; null: it is read quickly. */
  featuresOf(blob: string, raw: Uint8Array, signals: readonly string[]): Features | null {
    if (raw.length < LONG) return null
    const key = [blob, ...signals].join('\n')
    const features = this.#read.get(key)
    // Some are in no store yet: their bytes go along.
    if (!features) throw new Unread(key, Buffer.from(raw), signals)
    return features
  }

  /** A piece of the way to the newest entry; false: it was there. */
  #step(): boolean {
    this.#thought.refuse('model')
    const newest = this.#store.seq
    if (newest === this.#seq) return false
    if (this.#filter.start()) return true
    if (this.#seq === null || this.#store.floor > this.#seq) {
      const model = getModel(this.#store.views)
      this.#load(model.snapshot)
      const { crowd } = model.people ?? NOBODY
      if (crowd) this.#filter.kernel.hear(decodeSparse(this.#blob(crowd), HEARD_COLUMNS), 1)
      this.#layers.clear()
      this.#seq = model.upto
      this.#state = null
      return true
    }
    let steps = 0
    for (const { seq, event } of this.#store.followed(this.#seq, 'model')) {
      if (isOther(event)) this.#load(event.blob)
      else {
        const { kernel } = this.#filter
        learn(
          { apply: (...one) => kernel.apply(...one), hear: (one) => kernel.hear(one, 1) },
          event,
        )
      }
      if (event.type === 'ceiling' || isOther(event)) this.#layers.clear()
      else if ('scope' in event && event.scope) this.#layers.forget(event.scope)
      this.#seq = seq
      this.#state = null
      if (++steps === STEP) return true
    }
    this.#seq = newest
    return false
  }

  #load(blob: string): void {
    const { kernel } = this.#filter
    if (!blob) return kernel.reset()
    kernel.load(this.#blob(blob))
  }

  #blob(blob: string): Uint8Array {
    const bytes = unlessDamaged(() => getBlob(this.#store.views, blob))
    if (!bytes)
      throw new DataError(
        `what the filter has learned (blob ${blob}) is damaged in ${this.#store.dir}: stop Haraka, then restore a backup (lazaret restore), ` +
          'or begin anew with lazaret model import FILE or lazaret model reset',
      )
    return bytes
  }
}

/** Whether another model takes the place of this one. A snapshot of this one changes nothing. */
function isOther(event: Event): event is Extract<Event, { type: 'snapshot' }> {
  return event.type === 'snapshot' && event.fresh === true
}

/** What follows a lesson. */
interface Learner {
  apply(change: Uint8Array, direction: 1 | -1): void
  hear(crowd: Sparse): void
}

function learn(learner: Learner, event: Event): void {
  if (event.type === 'lesson') {
    if (event.unlearn) learner.apply(event.unlearn, -1)
    // What another scope learns stands in its own layer.
    if (event.learn && !event.scope) learner.apply(event.learn, 1)
  }
  if ('crowd' in event && event.crowd && event.type !== 'snapshot')
    learner.hear(decodeSparse(event.crowd, HEARD_COLUMNS))
}
