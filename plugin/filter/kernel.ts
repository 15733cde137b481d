/**
 * The classifier: raw bytes of a message in, numbers out. Runs in WebAssembly (assembly/), always
 * synchronous; an instance has a memory of its own, about 8 MB with 2^20 slots, and the room for layers that it is given.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Sparse } from '../layers/sparse.ts'
import { byteColumns } from './byte-columns.ts'
import { Crowd } from './layers/crowd.ts'
import { LayerPool } from './layers/pool.ts'
import { ENTRY_MIN, LESSON_HEAD, slotsOf } from './lesson.ts'
import type { Score } from './score.ts'
import { readTraces, type Trace } from './trace.ts'

/** Version of the features: models and lessons of another version do not fit. */
export const FEATURE_VERSION = 1

/** Octets of a message that are looked at, the first ones. */
export const SCORED_MAX = 1024 * 1024

/** A model has 2^BITS slots unless told. */
export const BITS = 20

export type Label = 'ham' | 'spam'

/** The slots of the three views, each once, in order of appearance: all that a message says to any model. */
export type Features = [Uint32Array, Uint32Array, Uint32Array]

type Exports = {
  memory: WebAssembly.Memory
  init(bits: number, layers: number): void
  inputAt(): number
  inputMax(): number
  signalsAt(): number
  signalsMax(): number
  resultAt(): number
  featuresAt(): number
  viewMax(): number
  modelAt(): number
  crowdAt(): number
  heardAt(): number
  crowded(is: boolean): void
  layersAt(): number
  traceAt(): number
  judge(domain: number, address: number): void
  score(size: number, signals: number): void
  scoreFor(size: number, signals: number, domain: number, address: number): void
  learn(size: number, signals: number, spam: number): void
  lesson(size: number, signals: number, spam: number): number
  lessonOf(a: number, b: number, c: number, spam: number): number
  entries(): number
  apply(size: number, count: number, direction: number): number
  explain(size: number, signals: number): number
  discount(weight: number, sum: number): void
  weave(first: number, count: number): void
}

const SNAPSHOT_HEAD = 8
const SNAPSHOT_MAGIC = 'LZM'

let compiled: WebAssembly.Module | undefined

/** The module, compiled once a process; the masks' index makes an instance of its own from it. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(join(__dirname, 'kernel.wasm')))
  return compiled
}

export class Kernel {
  readonly bits: number
  #reads = 0
  readonly #wasm: Exports
  readonly #input: Buffer
  readonly #signals: Buffer
  readonly #result: DataView
  readonly #model: Uint8Array
  readonly #slotAt: DataView
  readonly #crowd: Crowd
  /** The layers of domains and addresses that it has in memory. */
  readonly layers: LayerPool

  /**
   * @param bits the model has 2^bits slots of 4 bytes, 16 to 22.
   * @param layers octets of room for layers of domains and addresses; 0: only everybody's is asked.
   */
  constructor({ bits = BITS, layers = 0 }: { bits?: number; layers?: number } = {}) {
    if (!Number.isInteger(bits) || bits < 16 || bits > 22)
      throw new RangeError(`bits is ${bits}; a model has 2^16 to 2^22 slots`)
    this.bits = bits
    const wasm = new WebAssembly.Instance<Exports>(kernelModule()).exports
    wasm.init(bits, layers)
    // init() takes all memory there will be: these views stay valid.
    const memory = wasm.memory.buffer
    this.#wasm = wasm
    this.#input = Buffer.from(memory, wasm.inputAt(), wasm.inputMax())
    this.#signals = Buffer.from(memory, wasm.signalsAt(), wasm.signalsMax())
    this.#result = new DataView(memory, wasm.resultAt(), 56)
    this.#model = new Uint8Array(memory, wasm.modelAt(), 4 << bits)
    this.#slotAt = new DataView(memory, wasm.modelAt(), 4 << bits)
    const weights = new Int16Array(memory, wasm.modelAt(), 2 << bits)
    const said = new Int32Array(memory, wasm.crowdAt(), layers ? 1 << bits : 0)
    const heard = new Int16Array(memory, wasm.heardAt(), layers ? 1 << bits : 0)
    this.#crowd = new Crowd({ weights, said, heard }, (is) => wasm.crowded(is))
    this.layers = new LayerPool(new Uint8Array(memory, wasm.layersAt(), layers), wasm.layersAt())
  }

  /** Grows with each message, or features of one, that is read: `rescore` is about the last one. */
  get reads(): number {
    return this.#reads
  }

  /**
   * Scores a message. Only its first MiB is looked at.
   * @param signals what others found, as `spf=pass`; each a feature of its own.
   */
  score(raw: Uint8Array, signals: readonly string[] = []): Score {
    this.#wasm.score(this.#copyIn(raw), this.#copySignals(signals))
    return this.#scored()
  }

  /** The score of a message whose features are known. */
  scoreOf(features: Features): Score {
    this.#lessonOf(features, 0)
    return this.#scored()
  }

  /** The same for a recipient with these layers, as `layers` answered them (0: none). */
  scoreFor(raw: Uint8Array, signals: readonly string[], domain: number, address: number): Score {
    this.#wasm.scoreFor(this.#copyIn(raw), this.#copySignals(signals), domain, address)
    return this.#scored()
  }

  /** Scores the message of the last score() for a recipient with these layers, as `layers` answered them (0: none). */
  rescore(domain: number, address: number): Score {
    this.#wasm.judge(domain, address)
    return this.#scored()
  }

  features(raw: Uint8Array, signals: readonly string[] = []): Features {
    this.#wasm.score(this.#copyIn(raw), this.#copySignals(signals))
    const views = this.#scored().views
    const of = (view: number): Uint32Array => this.#slots(view, views[view].n).slice()
    return [of(0), of(1), of(2)]
  }

  /**
   * The change that learning the message would make to this model, not made yet. The bytes stand for
   * themselves: u8 feature version, u8 bits, u8 label (1 spam), u32 number of entries (little-endian), then
   * for each slot in ascending order: varint distance from the slot before, varint zigzag change of the
   * weight, u16 resulting sum of squared gradients as bfloat16.
   */
  lesson(raw: Uint8Array, label: Label, signals: readonly string[] = []): Uint8Array {
    const spam = label === 'spam' ? 1 : 0
    const size = this.#wasm.lesson(this.#copyIn(raw), this.#copySignals(signals), spam)
    return this.#encoded(size, spam)
  }

  /** The same of a message whose features are known: what reading it costs was spent before. */
  lessonOf(features: Features, label: Label): Uint8Array {
    const spam = label === 'spam' ? 1 : 0
    return this.#encoded(this.#lessonOf(features, spam), spam)
  }

  #lessonOf(features: Features, spam: 0 | 1): number {
    this.#reads++
    for (const [view, slots] of features.entries()) this.#slots(view, slots.length).set(slots)
    const [a, b, c] = features.map((slots) => slots.length)
    return this.#wasm.lessonOf(a, b, c, spam)
  }

  #slots(view: number, count: number): Uint32Array {
    const at = this.#wasm.featuresAt() + view * this.#wasm.viewMax() * 4
    return new Uint32Array(this.#wasm.memory.buffer, at, count)
  }

  #encoded(size: number, spam: 0 | 1): Uint8Array {
    const bytes = new Uint8Array(LESSON_HEAD + size)
    bytes[0] = FEATURE_VERSION
    bytes[1] = this.bits
    bytes[2] = spam
    new DataView(bytes.buffer).setUint32(3, this.#wasm.entries(), true)
    bytes.set(this.#input.subarray(0, size), LESSON_HEAD)
    return bytes
  }

  /**
   * Makes the change of a lesson (1) or takes it back (-1; the sums of squared gradients stay).
   * @throws Error for bytes that are not a lesson for this model; nothing is changed then.
   */
  apply(lesson: Uint8Array, direction: 1 | -1): void {
    this.#reads++
    const count = this.#entriesOf(lesson)
    this.#input.set(lesson.subarray(LESSON_HEAD))
    if (!this.#wasm.apply(lesson.length - LESSON_HEAD, count, direction))
      throw new Error('lesson is malformed')
  }

  /** Number of entries of a lesson for this model; the entries may still be malformed. */
  #entriesOf(lesson: Uint8Array): number {
    if (lesson.length < LESSON_HEAD) throw new Error('lesson is cut short')
    this.#fits('lesson', lesson[0], lesson[1])
    const size = lesson.length - LESSON_HEAD
    if (size > this.#input.length) throw new Error('lesson is too long')
    const count = new DataView(lesson.buffer, lesson.byteOffset, LESSON_HEAD).getUint32(3, true)
    if (count * ENTRY_MIN > size) throw new Error('lesson is malformed')
    return count
  }

  /**
   * Keeps the slots that a lesson changes; the answer puts them back, to the bit.
   * @throws Error as `apply`, but for malformed entries.
   */
  keep(lesson: Uint8Array): () => void {
    const model = new Uint32Array(this.#model.buffer, this.#model.byteOffset, 1 << this.bits)
    const slots = slotsOf(lesson, this.#entriesOf(lesson))
    const old = slots.map((slot) => model[slot])
    return () => {
      slots.forEach((slot, i) => (model[slot] = old[i]))
      this.#crowd.renew(slots)
    }
  }

  /** Learns a message at once; returns its score before that. */
  learn(raw: Uint8Array, label: Label, signals: readonly string[] = []): Score {
    const spam = label === 'spam' ? 1 : 0
    this.#wasm.learn(this.#copyIn(raw), this.#copySignals(signals), spam)
    return this.#scored()
  }

  /** The features of a message with the text behind them, in order of appearance; slow. */
  trace(raw: Uint8Array, signals: readonly string[] = []): { score: Score; traces: Trace[] } {
    const size = this.#wasm.explain(this.#copyIn(raw), this.#copySignals(signals))
    const bytes = Buffer.from(this.#wasm.memory.buffer, this.#wasm.traceAt(), size)
    return { score: this.#scored(), traces: readTraces(bytes) }
  }

  /** Weight of a slot in everybody's layer, in logits before the division by the root of the view's size. */
  weight(slot: number): number {
    return this.#crowd.weight(slot) / 1024
  }

  /** Adds to what people say (1), or takes it back (-1): by slot, columns as HEARD_COLUMNS of layers/ceiling.ts. */
  hear(said: Sparse, direction: 1 | -1): void {
    this.#crowd.hear(said, direction)
  }

  /** What people say, all of it. */
  get crowd(): Sparse {
    return this.#crowd.all
  }

  /**
   * Everybody's layer for some slots: weights, with what people say, and sums of squared gradients; what is `heard` of people's sums,
   * in units of HEARD_SQUARE.
   */
  ground(slots: Uint32Array): Record<'weight' | 'sum' | 'heard', Float64Array> {
    const n = slots.length
    const [weight, sum, heard] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
    // bfloat16: the upper half of an f32.
    const value = new Float32Array(1)
    const bits = new Uint32Array(value.buffer)
    for (let i = 0; i < n; i++) {
      const slot = slots[i]
      weight[i] = this.#crowd.weight(slot)
      bits[0] = this.#slotAt.getUint16(slot * 4 + 2, true) << 16
      sum[i] = value[0]
      heard[i] = this.#crowd.sum(slot)
    }
    return { weight, sum, heard }
  }

  /** The model without what people say, compact; the same model gives the same bytes. */
  snapshot(): Uint8Array {
    const packed = deflateRawSync(byteColumns(this.#model), { level: constants.Z_BEST_SPEED })
    const bytes = new Uint8Array(SNAPSHOT_HEAD + packed.length)
    bytes.set(Buffer.from(SNAPSHOT_MAGIC, 'latin1'))
    bytes[3] = 1
    bytes[4] = FEATURE_VERSION
    bytes[5] = this.bits
    bytes.set(packed, SNAPSHOT_HEAD)
    return bytes
  }

  /**
   * Replaces the model by a snapshot, in which nobody says anything.
   * @throws Error for bytes that are not a snapshot of such a model; nothing is changed then.
   */
  load(bytes: Uint8Array): void {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SNAPSHOT_HEAD))
    if (
      head.length < SNAPSHOT_HEAD ||
      head.toString('latin1', 0, 3) !== SNAPSHOT_MAGIC ||
      head[3] !== 1
    )
      throw new Error('these bytes are not a model snapshot')
    this.#fits('model snapshot', head[4], head[5])
    const size = this.#model.length
    let table: Uint8Array
    try {
      table = inflateRawSync(bytes.subarray(SNAPSHOT_HEAD), {
        maxOutputLength: size,
        // In one piece: pieces would have to be put together, with twice the memory.
        chunkSize: size + 1024,
      })
    } catch (cause) {
      throw new Error('model snapshot is damaged', { cause })
    }
    if (table.length !== size) throw new Error('model snapshot is cut short')
    this.#weave(table)
    this.#hush()
  }

  /** Forgets everything. */
  reset(): void {
    this.#model.fill(0)
    this.#hush()
  }

  /** Makes what people say a part of the model, to which it belongs from now on. */
  settle(): void {
    this.#crowd.settle(this.#slotAt)
    this.layers.clear()
  }

  #hush(): void {
    this.layers.clear()
    this.#crowd.clear()
  }

  /** A copy of the slots: i16 weight in the lower half, bfloat16 sum in the upper one. */
  slots(): Uint32Array {
    return new Uint32Array(this.#model.buffer, this.#model.byteOffset, 1 << this.bits).slice()
  }

  /** Replaces the model by such slots. */
  take(slots: Uint32Array): void {
    this.#model.set(new Uint8Array(slots.buffer, slots.byteOffset, this.#model.length))
    this.#crowd.renew()
  }

  /** Forgets the slots for which `test` holds. */
  forget(test: (slot: number) => boolean): void {
    for (let slot = 0; slot < 1 << this.bits; slot++)
      if (test(slot)) this.#model.fill(0, slot * 4, slot * 4 + 4)
    this.#crowd.renew()
  }

  /** Makes what was learned so far a prior: weights times `weight`, sums of squared gradients times `sum`. */
  discount(weight: number, sum: number): void {
    if (!(weight >= 0 && weight <= 1 && sum >= 0 && sum <= 1))
      throw new RangeError('discounts are factors from 0 to 1')
    this.#wasm.discount(weight, sum)
  }

  #fits(what: string, version: number, bits: number): void {
    if (version !== FEATURE_VERSION)
      throw new Error(`${what} is of feature version ${version}, this is ${FEATURE_VERSION}`)
    if (bits !== this.bits)
      throw new Error(`${what} is for 2^${bits} slots, this model has 2^${this.bits}`)
  }

  /** What byteColumns() did, undone, into the model: in WebAssembly, since this is done once, by code that is cold. */
  #weave(table: Uint8Array): void {
    const slots = 1 << this.bits
    const count = Math.min(slots, this.#input.length / 4)
    for (let first = 0; first < slots; first += count) {
      for (let column = 0; column < 4; column++) {
        const from = column * slots + first
        this.#input.set(table.subarray(from, from + count), column * count)
      }
      this.#wasm.weave(first, count)
    }
  }

  #copyIn(raw: Uint8Array): number {
    this.#reads++
    const size = Math.min(raw.length, this.#input.length)
    this.#input.set(size === raw.length ? raw : raw.subarray(0, size))
    return size
  }

  #copySignals(signals: readonly string[]): number {
    let used = 0
    for (const signal of signals) {
      const line = signal.replaceAll('\n', ' ') + '\n'
      if (used + line.length * 3 > this.#signals.length) break
      used += this.#signals.write(line, used, 'utf8')
    }
    return used
  }

  #scored(): Score {
    const r = this.#result
    return {
      z: r.getFloat64(0, true),
      p: r.getFloat64(8, true),
      views: [
        { m: r.getFloat64(16, true), n: r.getInt32(40, true) },
        { m: r.getFloat64(24, true), n: r.getInt32(44, true) },
        { m: r.getFloat64(32, true), n: r.getInt32(48, true) },
      ],
    }
  }
}

/** Version of the features that a snapshot or a lesson is of. */
export function featuresOf(bytes: Uint8Array): number {
  const magic = Buffer.from(SNAPSHOT_MAGIC, 'latin1')
  return magic.every((octet, i) => bytes[i] === octet) ? bytes[4] : bytes[0]
}
