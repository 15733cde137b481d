import type { Features, Label } from '../../../plugin/filter/kernel.ts'

/** A message, once it was read. */
export interface Sample {
  features: Features
  label: Label
}
