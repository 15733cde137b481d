// The judge: the only place where numbers become a verdict. Pure.
import type { Evidence, Thresholds, Verdict, VerdictClass } from '../mail.ts'
import { contribution, type Score } from './score.ts'
import type { ListMatch } from './lists.ts'
import { VIEW_NAMES, VIEW_TEXTS, VIEWS } from './views.ts'

/** What this installation has learned so far; `prior`: it began with a base model. */
export interface Lessons {
  ham: number
  spam: number
  prior: boolean
}

export interface Question {
  /** Null where a list decided and the classifier was not asked. */
  score: Score | null
  list: ListMatch | null
  thresholds: Thresholds
  lessons: Lessons
}

/** Lessons of the rarer kind at which half of the model's logit counts (docs/kernel.md "Cold start"). */
const HALF_TRUST = 4
/** What a base model is worth in such lessons. */
const PRIOR_WORTH = 2
/** Lessons of the rarer kind, given here, before which the classifier alone holds nothing. */
export const ENOUGH = 10
/**
 * Lessons of the rarer kind at which half of the logit counts where it is asked what to hold: the harder trust. 40 would
 * halve the ham held by young models for some five points of spam held (docs/kernel.md "Before it holds").
 */
const HALF_HELD = 20

/**
 * How much of the model's logit counts, 0..1: it grows with the lessons of the rarer kind. With an
 * untrained model everything is unsure, which is the honest answer.
 */
export function trust({ ham, spam, prior }: Lessons): number {
  const lessons = Math.min(ham, spam) + (prior ? PRIOR_WORTH : 0)
  return lessons / (lessons + HALF_TRUST)
}

/** Probability of spam with the lessons so far; keeps the order of z. */
export function probability(z: number, lessons: Lessons): number {
  return 1 / (1 + Math.exp(-z * trust(lessons)))
}

/** Share of the logit that counts where it is asked what to hold, 0..1; 0 while nothing is held. */
function heldTrust(lessons: Lessons): number {
  const n = Math.min(lessons.ham, lessons.spam)
  return n < ENOUGH ? 0 : n / (n + HALF_HELD)
}

/**
 * The score from which on the classifier alone holds: while lessons are few, above the threshold. Null: it holds
 * nothing.
 * @param spam the threshold
 */
export function holdsFrom(spam: number, lessons: Lessons): number | null {
  const held = heldTrust(lessons)
  if (held === 0) return null
  return Math.max(spam, 1 / (1 + Math.exp((-logit(spam) * trust(lessons)) / held)))
}

const logit = (p: number): number => Math.log(p / (1 - p))

export function judge({ score, list, thresholds, lessons }: Question): Verdict {
  if (list) return byList(list)
  if (!score) throw new Error('judge: neither a list entry nor a score')
  const p = probability(score.z, lessons)
  const found = classOf(p, thresholds)
  const from = holdsFrom(thresholds.spam, lessons)
  const sure = from !== null && score.z * heldTrust(lessons) >= logit(thresholds.spam)
  const spared = found === 'spam' && !sure
  return {
    class: spared ? 'unsure' : found,
    score: p,
    evidence: from === null || spared ? [...byView(score), caution(lessons, from)] : byView(score),
  }
}

/** The views' parts of z: their sum is the score's logit, before trust. */
function byView({ views }: Score): Evidence[] {
  return VIEWS.map((view) => {
    const { m, n } = views[view]
    const weight = contribution(view, m)
    return {
      name: VIEW_NAMES[view],
      weight,
      text: `${VIEW_TEXTS[view]} ${signed(weight)} (${n} features)`,
    }
  })
}

function caution(lessons: Lessons, from: number | null): Evidence {
  const { ham, spam, prior } = lessons
  const counts = `${ham} ham, ${spam} spam${prior ? ', and a base model' : ''}`
  const share = Math.round(trust(lessons) * 100)
  const held =
    from === null
      ? 'it holds nothing alone'
      : `it holds what is very sure, from ${from.toFixed(3)} on`
  return {
    name: 'trust',
    weight: 0,
    text: `few lessons so far (${counts}): ${share}% of the model counts, and ${held}`,
  }
}

function byList({ list, mask, scope, address }: ListMatch): Verdict {
  const where = scope === '' ? 'everybody' : scope
  const kind = list === 'block' ? 'block list' : 'allow list'
  return {
    class: list === 'block' ? 'spam' : 'ham',
    score: list === 'block' ? 1 : 0,
    evidence: [
      {
        name: `${list}-list`,
        weight: list === 'block' ? 10 : -10,
        text: `${address} is on the ${kind} of ${where} as ${mask}`,
      },
    ],
  }
}

function classOf(p: number, { unsure, spam }: Thresholds): VerdictClass {
  if (p >= spam) return 'spam'
  // docs/classifier.md "Model": ham up to and including the lower threshold.
  return p > unsure ? 'unsure' : 'ham'
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(2)}`
