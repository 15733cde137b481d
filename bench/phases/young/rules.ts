// What a young model does with a message: by the rules of now, and by those there were before rehearsal and the harder trust.
import { judge, probability, ENOUGH, type Lessons } from '../../../plugin/filter/judge.ts'
import { Kernel, type Features } from '../../../plugin/filter/kernel.ts'
import { Trial } from '../../../plugin/filter/trial.ts'
import { THRESHOLDS, type VerdictClass } from '../../../plugin/mail.ts'
import type { Mail } from '../../harness/mail.ts'
import type { Sample } from './sample.ts'
import { Town } from './town.ts'

export interface Pupil {
  learn(sample: Sample): void
  /** The logit of a message, and its class. */
  judge(features: Features): { z: number; class: VerdictClass }
}

export interface Rules {
  name: string
  begin(kernel: Kernel, base: Uint8Array): Pupil
}

const now: Rules = {
  name: '',
  begin: (kernel, base) => {
    kernel.load(base)
    const trial = new Trial({ kernel, prior: true })
    return {
      learn: ({ features, label }) => trial.learn(features, label),
      judge: (features) => {
        const score = kernel.scoreOf(features)
        const { lessons } = trial
        return { z: score.z, ...judge({ score, list: null, thresholds: THRESHOLDS, lessons }) }
      },
    }
  },
}

const before: Rules = {
  name: ', rules of before',
  begin: (kernel, base) => {
    kernel.load(base)
    const lessons: Lessons = { ham: 0, spam: 0, prior: true }
    return {
      learn: ({ features, label }) => {
        kernel.apply(kernel.lessonOf(features, label), 1)
        lessons[label]++
      },
      judge: (features) => {
        const { z } = kernel.scoreOf(features)
        const p = probability(z, lessons)
        const holds = Math.min(lessons.ham, lessons.spam) >= ENOUGH && p >= THRESHOLDS.spam
        return { z, class: holds ? 'spam' : p > THRESHOLDS.unsure ? 'unsure' : 'ham' }
      },
    }
  },
}

/** Nobody else teaches: an address whose own layer learns, beside the base model. */
const address: Rules = {
  name: ', an address alone',
  begin: (_, base) => {
    const town = new Town()
    town.kernel.load(base)
    const scope = 'one@example.com'
    return {
      learn: (sample) => town.say(scope, sample),
      judge: (features) => {
        const z = town.zFor(scope, features)
        const score = { ...town.kernel.scoreOf(features), z }
        const lessons = { ...town.lessonsOf(scope), prior: true }
        return { z, ...judge({ score, list: null, thresholds: THRESHOLDS, lessons }) }
      },
    }
  },
}

export const RULES: readonly Rules[] = [now, address, before]

export function samplesOf(mail: readonly Mail[]): Sample[] {
  const kernel = new Kernel()
  return mail.flatMap(({ raw, label }) =>
    label === null ? [] : [{ label, features: kernel.features(raw) }],
  )
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
