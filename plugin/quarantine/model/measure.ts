// Measuring the classifier on labelled mail with a model of its own; nothing here touches the store.
export {
  evaluate,
  rocPoints,
  type Judged,
  type Metrics,
  type RocPoint,
} from '../../filter/evaluate.ts'
import { Kernel } from '../../filter/kernel.ts'
import { Trial } from '../../filter/trial.ts'
import { parseModel } from './model.ts'

export { Trial }

/**
 * A trial that begins with a model.
 * @param bytes an export or a bare snapshot; null: it knows nothing
 * @param late messages that come in between, before one is learned
 * @throws Error for bytes that are no model of this kind
 */
export function trialOf(bytes: Uint8Array | null, late: number): Trial {
  const kernel = new Kernel()
  if (bytes) kernel.load(parseModel(bytes).snapshot)
  return new Trial({ kernel, prior: bytes !== null, late })
}
