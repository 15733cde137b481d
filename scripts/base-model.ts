// `node dist/scripts/base-model.js`: makes config/base.model, the prior of a new installation, from the
// SpamAssassin public corpus (a dev dependency). The same corpus and kernel give the same bytes.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { corpus } from '../demo/corpus.ts'
import { Kernel, type Label } from '../plugin/filter/kernel.ts'
import { shuffled } from '../test/twin/corpus.ts'

/** A feature that fewer messages have is of the site and the days the corpus is from. */
const MESSAGES_MIN = 4
/** docs/classifier.md "Model": a prior, not a filter. */
const WEIGHTS = 0.5
const SUMS = 0.1
/** One order of the lessons is a lottery: the model is the mean of so many (docs/kernel.md "Base model"). */
const ORDERS = 8
/** Of the shipped one. */
const SEED = 1

export interface Lesson {
  raw: Uint8Array
  label: Label
}

/**
 * The mean of kernels that learned the messages, each in an order of its own, without rare features, discounted to a
 * prior.
 * @param seed of the orders
 */
export function baseModel(lessons: readonly Lesson[], seed = SEED, orders = ORDERS): Kernel {
  const kernel = new Kernel()
  const slots = 1 << kernel.bits
  const weights = new Float64Array(slots)
  const sums = new Float64Array(slots)
  for (let order = 0; order < orders; order++) {
    kernel.reset()
    for (const { raw, label } of shuffled(lessons, seed * 1000 + order)) kernel.learn(raw, label)
    const model = kernel.slots()
    for (let slot = 0; slot < slots; slot++) {
      weights[slot] += (model[slot] << 16) >> 16
      sums[slot] += float(model[slot] >>> 16)
    }
  }
  const mean = (slot: number): number =>
    (Math.round(weights[slot] / orders) & 0xffff) | (bfloat16(sums[slot] / orders) << 16)
  kernel.take(Uint32Array.from({ length: slots }, (_, slot) => mean(slot)))
  const messages = new Uint16Array(slots)
  for (const { raw } of lessons)
    for (const view of kernel.features(raw)) for (const slot of view) messages[slot]++
  kernel.forget((slot) => messages[slot] < MESSAGES_MIN)
  kernel.discount(WEIGHTS, SUMS)
  return kernel
}

const cell = new DataView(new ArrayBuffer(4))

function float(bits: number): number {
  cell.setUint16(0, bits)
  cell.setUint16(2, 0)
  return cell.getFloat32(0)
}

/** The nearest, ties to even, as the kernel rounds. */
function bfloat16(value: number): number {
  cell.setFloat32(0, value)
  const raw = cell.getUint32(0)
  return (raw + 0x7fff + ((raw >>> 16) & 1)) >>> 16
}

if (require.main === module) {
  const path = join(process.cwd(), 'config/base.model')
  const lessons = corpus().learn.map(({ file, label }) => ({ raw: readFileSync(file), label }))
  const bytes = baseModel(lessons).snapshot()
  writeFileSync(path, bytes)
  console.log(`${path}: ${bytes.length} bytes of ${lessons.length} messages in ${ORDERS} orders`)
}
