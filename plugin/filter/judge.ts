// The judge: the only place where numbers become a verdict. Pure.
import type { Evidence, Verdict, VerdictClass } from '../mail.ts'
import type { Score } from './kernel.ts'
import type { ListMatch } from './lists.ts'

/** Scores from which a message is unsure and spam, 0..1. */
export interface Thresholds {
  unsure: number
  spam: number
}

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

/** Lessons of the rarer kind at which half of the model's say counts. */
const HALF_TRUST = 10
/** What a base model is worth in such lessons: its opinion shows, but it never holds mail alone. */
const PRIOR_WORTH = 2

/**
 * How much of the model's logit counts, 0..1: it grows with the lessons of the rarer kind. With an
 * untrained model everything is unsure, which is the honest answer.
 */
export function trust({ ham, spam, prior }: Lessons): number {
  const lessons = Math.min(ham, spam) + (prior ? PRIOR_WORTH : 0)
  return lessons / (lessons + HALF_TRUST)
}

export function judge({ score, list, thresholds, lessons }: Question): Verdict {
  if (list) return byList(list)
  if (!score) throw new Error('judge: neither a list entry nor a score')
  const share = trust(lessons)
  const p = 1 / (1 + Math.exp(-score.z * share))
  const evidence: Evidence[] = score.views.map(({ m, n }, view) => ({
    name: VIEW_NAMES[view],
    weight: m,
    text: `${VIEW_TEXTS[view]} ${signed(m)} (${n} features)`,
  }))
  if (share < 0.9)
    evidence.push({
      name: 'trust',
      weight: 0,
      text: `few lessons so far (${lessons.ham} ham, ${lessons.spam} spam): ${Math.round(share * 100)}% of the model counts`,
    })
  return { class: classOf(p, thresholds), score: p, evidence }
}

const VIEW_NAMES = ['correspondents', 'transport', 'text']
const VIEW_TEXTS = ['subject and correspondents', 'other headers', 'text']

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
  // classifier.md: ham up to and including the lower threshold.
  return p > unsure ? 'unsure' : 'ham'
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(2)}`
