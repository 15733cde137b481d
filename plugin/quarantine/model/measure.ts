// Measuring the classifier on labelled mail with a model of its own; nothing here touches the store.
export {
  evaluate,
  rocPoints,
  type Judged,
  type Metrics,
  type RocPoint,
} from '../../filter/evaluate.ts'
export { Trial } from '../../filter/trial.ts'
