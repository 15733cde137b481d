// Cost of the classifier: microseconds a message and nanoseconds a byte, with and without learning, by
// size of the message and of the model, and against the twin. Plain results; `node dist/bench/phases/kernel/measure.js`
// prints them.
import { readFileSync } from 'node:fs'
import { corpus } from '../../../demo/corpus.ts'
import { Kernel, type Label } from '../../../plugin/filter/kernel.ts'
import { Twin } from '../../../test/twin/twin.ts'

export interface KernelSample {
  raw: Uint8Array
  label: Label
}

/**
 * Microseconds a message: median of the rounds, and the mean of each message's least over the rounds,
 * which other work on the machine disturbs little.
 */
export interface Cost {
  median: number
  least: number
}

export interface KernelBench {
  messages: number
  /** Mean bytes of a message, and mean number of features. */
  bytes: number
  features: number
  /** Copy in, extract, score: what screening a message takes. */
  score: Cost
  /** Copy in, extract, hand the slots out. */
  extract: Cost
  /** The same and learning, in one call. */
  learn: Cost
  /** The change that learning would make, and making it. */
  lesson: Cost
  apply: Cost
  /** Each message twice, the second time measured: all it needs is in the processor's caches. */
  warm: Cost
  /** Extraction and scoring by the twin, over some of the messages. */
  twin: Cost
  ratios: { learn: number; warm: number; twin: number }
  /** Least cost of the score by size of the message in bytes. */
  sizes: { from: number; to: number; messages: number; us: number; nsPerByte: number }[]
  /** Least cost of the score by size of the model. */
  models: { bits: number; us: number }[]
  /** Bytes of a snapshot of the trained model, of a mean lesson. */
  snapshotBytes: number
  lessonBytes: number
}

const SIZES = [0, 1024, 2048, 4096, 8192, 16_384, 65_536, 1 << 20, Infinity]
const TWIN_MESSAGES = 300

export function benchKernel(samples: readonly KernelSample[], rounds = 7): KernelBench {
  const kernel = new Kernel()
  const n = samples.length
  const mean = (of: (sample: KernelSample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / n
  for (const { raw, label } of samples) kernel.learn(raw, label)
  const snapshot = kernel.snapshot()
  const lessons = samples.map(({ raw, label }) => kernel.lesson(raw, label))
  const score = (sample: KernelSample): unknown => kernel.score(sample.raw)
  // The measured calls take turns, so that a change of the machine's speed meets all of them.
  const [scored, extract, learned, lesson, applied] = interleave(rounds, [
    () => pass(samples, score),
    () => pass(samples, ({ raw }) => kernel.features(raw)),
    () => {
      // From the start on, as in protocol P1: a model that has seen a message learns little from it.
      kernel.reset()
      const costs = pass(samples, ({ raw, label }) => kernel.learn(raw, label))
      kernel.load(snapshot)
      return costs
    },
    () => pass(samples, ({ raw, label }) => kernel.lesson(raw, label)),
    () => {
      const costs = pass(lessons, (bytes) => kernel.apply(bytes, 1))
      kernel.load(snapshot)
      return costs
    },
  ])
  const [warm] = interleave(rounds, [() => pass(samples, score, score)])
  const twin = new Twin()
  const few = samples.slice(0, TWIN_MESSAGES)
  const [twinCost] = interleave(2, [() => pass(few, ({ raw }) => twin.judge(twin.features(raw)))])
  return {
    messages: n,
    bytes: mean(({ raw }) => raw.length),
    features: mean(({ raw }) => kernel.score(raw).views.reduce((sum, view) => sum + view.n, 0)),
    score: scored,
    extract,
    learn: learned,
    lesson,
    apply: applied,
    warm,
    twin: twinCost,
    ratios: {
      learn: learned.least / scored.least,
      warm: warm.least / scored.least,
      twin: twinCost.least / scored.least,
    },
    sizes: bySize(samples, rounds, score),
    models: [16, 18, 20, 22].map((bits) => ({ bits, us: modelCost(samples, rounds, bits) })),
    snapshotBytes: snapshot.length,
    lessonBytes: lessons.reduce((sum, bytes) => sum + bytes.length, 0) / n,
  }
}

/** Microseconds of each call; `before` is called ahead of each, outside of the measure. */
function pass<T>(
  items: readonly T[],
  call: (item: T) => unknown,
  before?: (item: T) => unknown,
): Float64Array {
  const costs = new Float64Array(items.length)
  for (let i = 0; i < items.length; i++) {
    before?.(items[i])
    const start = process.hrtime.bigint()
    call(items[i])
    costs[i] = Number(process.hrtime.bigint() - start) / 1000
  }
  return costs
}

const average = (costs: Float64Array): number => costs.reduce((a, b) => a + b, 0) / costs.length

/** What several passes say: `least` is taken message by message. */
function summary(passes: readonly Float64Array[]): Cost {
  const means = passes.map(average).toSorted((a, b) => a - b)
  const least = passes[0].map((_, i) => Math.min(...passes.map((costs) => costs[i])))
  return { median: means[means.length >> 1], least: average(least) }
}

function interleave(rounds: number, calls: (() => Float64Array)[]): Cost[] {
  const passes = calls.map((): Float64Array[] => [])
  for (let round = 0; round < rounds; round++) calls.forEach((call, i) => passes[i].push(call()))
  return passes.map(summary)
}

function bySize(
  samples: readonly KernelSample[],
  rounds: number,
  score: (sample: KernelSample) => unknown,
): KernelBench['sizes'] {
  return SIZES.slice(1).flatMap((to, i) => {
    const from = SIZES[i]
    const inside = samples.filter(({ raw }) => raw.length >= from && raw.length < to)
    if (inside.length === 0) return []
    const [{ least: us }] = interleave(rounds, [() => pass(inside, score)])
    const bytes = inside.reduce((sum, { raw }) => sum + raw.length, 0) / inside.length
    return [{ from, to, messages: inside.length, us, nsPerByte: (us * 1000) / bytes }]
  })
}

function modelCost(samples: readonly KernelSample[], rounds: number, bits: number): number {
  const kernel = new Kernel({ bits })
  for (const { raw, label } of samples) kernel.learn(raw, label)
  return interleave(rounds, [() => pass(samples, ({ raw }) => kernel.score(raw))])[0].least
}

/** The SpamAssassin corpus of the dev dependency, ham and spam mixed. */
export function corpusSamples(): KernelSample[] {
  return corpus().learn.map(({ file, label }) => ({ raw: readFileSync(file), label }))
}

if (require.main === module) console.log(benchKernel(corpusSamples()))
