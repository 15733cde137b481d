// `node dist/scripts/base-model.js`: makes config/base.model, the prior of a new installation, from the
// SpamAssassin public corpus (a dev dependency). The same corpus and kernel give the same bytes.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { corpus } from '../demo/corpus.ts'
import { Kernel, type Label } from '../plugin/filter/kernel.ts'

/** A feature that fewer messages have is of the site and the days the corpus is from. */
const MESSAGES_MIN = 4
/** docs/classifier.md "Model": a prior, not a filter. */
const WEIGHTS = 0.5
const SUMS = 0.1

export interface Lesson {
  raw: Uint8Array
  label: Label
}

/** A kernel that learned the messages in order, without rare features, discounted to a prior. */
export function baseModel(lessons: readonly Lesson[]): Kernel {
  const kernel = new Kernel()
  const messages = new Uint16Array(1 << kernel.bits)
  for (const { raw, label } of lessons) {
    for (const view of kernel.features(raw)) for (const slot of view) messages[slot]++
    kernel.learn(raw, label)
  }
  kernel.forget((slot) => messages[slot] < MESSAGES_MIN)
  kernel.discount(WEIGHTS, SUMS)
  return kernel
}

if (require.main === module) {
  const path = join(process.cwd(), 'config/base.model')
  const lessons = corpus().learn.map(({ file, label }) => ({ raw: readFileSync(file), label }))
  const bytes = baseModel(lessons).snapshot()
  writeFileSync(path, bytes)
  console.log(`${path}: ${bytes.length} bytes of ${lessons.length} messages`)
}
