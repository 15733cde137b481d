// What young models are measured with: a base model, and mail that it does not come from.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { shuffled } from '../../../plugin/cli/mail/labelled.ts'
import { baseModel, type Lesson } from '../../../scripts/base-model.ts'
import type { PhaseOptions } from '../../harness/phase.ts'
import { samplesOf } from './rules.ts'
import type { Sample } from './sample.ts'

export interface Ground {
  base: Uint8Array
  samples: Sample[]
}

/** The shipped base model; another one, of a half of the mail, where the shipped one comes from this mail. */
export function groundOf({ mail, shipped }: PhaseOptions): Ground | null {
  const known = mail.filter((one): one is Lesson & typeof one => one.label !== null)
  if (new Set(known.map(({ label }) => label)).size < 2) return null
  if (!shipped)
    return {
      base: readFileSync(join(__dirname, '../../../../config/base.model')),
      samples: samplesOf(known),
    }
  const halves = shuffled(known, 1)
  const half = Math.floor(halves.length / 2)
  return {
    base: baseModel(halves.slice(0, half)).snapshot(),
    samples: samplesOf(halves.slice(half)),
  }
}

export const NO_LABELS =
  'the corpus does not say which messages are ham and which are spam: give folders named so, or an index file'
