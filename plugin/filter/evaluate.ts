/**
 * How good scores are: the measures of the TREC spam track (Cormack and Lynam, TREC 2005), exact. Pure.
 */
import { THRESHOLDS, type Thresholds } from '../mail.ts'
import type { Label } from './kernel.ts'

/** A message's true label and the probability of spam it was given. */
export interface Judged {
  label: Label
  score: number
}

/** All rates are percentages; NaN where there was no message of the kind. */
export interface Metrics {
  ham: number
  spam: number
  /** (1-ROCA)%: chance that a ham scores above a spam, ties half. */
  roca: number
  /** Logistic average of hm and sm. */
  lam: number
  /** Ham with a score of 0.5 or more. */
  hm: number
  /** Spam with a score below 0.5. */
  sm: number
  /** Spam missed at the threshold that loses at most 0.1% of the ham. */
  smAtHm01: number
  /** By the thresholds of three classes: counts. */
  classes: Record<'ham' | 'unsure' | 'spam', { ham: number; spam: number }>
}

/** A point of the ROC curve: shares of ham and of spam that score at least `threshold`, 0..1. */
export interface RocPoint {
  threshold: number
  ham: number
  spam: number
}

/** Share of ham that may be lost for smAtHm01. */
const HAM_LOST = 0.001

export function evaluate(judged: readonly Judged[], thresholds: Thresholds = THRESHOLDS): Metrics {
  const points = rocPoints(judged)
  const ham = judged.filter(({ label }) => label === 'ham').length
  const spam = judged.length - ham
  const share = (label: Label, of: number, test: (score: number) => boolean): number =>
    judged.filter((m) => m.label === label && test(m.score)).length / of
  const hm = share('ham', ham, (score) => score >= 0.5)
  const sm = share('spam', spam, (score) => score < 0.5)
  const within = (from: number, to: number): { ham: number; spam: number } => {
    const inside = judged.filter(({ score }) => score >= from && score < to)
    const hams = inside.filter(({ label }) => label === 'ham').length
    return { ham: hams, spam: inside.length - hams }
  }
  // Ham goes up to and including the lower threshold.
  const unsureFrom = nextUp(thresholds.unsure)
  return {
    ham,
    spam,
    roca: 100 * lost(points),
    lam: 100 * logisticAverage(hm, sm),
    hm: 100 * hm,
    sm: 100 * sm,
    smAtHm01: ham && spam ? 100 * missed(points, Math.floor(HAM_LOST * ham) / ham) : NaN,
    classes: {
      ham: within(-Infinity, unsureFrom),
      unsure: within(unsureFrom, thresholds.spam),
      spam: within(thresholds.spam, Infinity),
    },
  }
}

/** The ROC curve, from nothing called spam to everything; one point for each distinct score. */
export function rocPoints(judged: readonly Judged[]): RocPoint[] {
  const sorted = judged.toSorted((a, b) => b.score - a.score)
  const spams = judged.filter(({ label }) => label === 'spam').length
  const hams = judged.length - spams
  const points: RocPoint[] = [{ threshold: Infinity, ham: 0, spam: 0 }]
  let ham = 0
  let spam = 0
  sorted.forEach(({ label, score }, i) => {
    if (label === 'ham') ham++
    else spam++
    if (sorted[i + 1]?.score !== score)
      points.push({ threshold: score, ham: ham / hams, spam: spam / spams })
  })
  return points
}

/** Area above the curve. */
function lost(points: readonly RocPoint[]): number {
  let area = 0
  for (let i = 1; i < points.length; i++) {
    const width = points[i].ham - points[i - 1].ham
    area += width * (1 - (points[i].spam + points[i - 1].spam) / 2)
  }
  return area
}

/** Least share of spam missed while at most `allowed` of the ham is lost. */
function missed(points: readonly RocPoint[], allowed: number): number {
  return 1 - Math.max(...points.filter(({ ham }) => ham <= allowed + 1e-12).map((p) => p.spam))
}

const logit = (p: number): number => Math.log(p / (1 - p))

function logisticAverage(a: number, b: number): number {
  if (a === 0 || b === 0) return 0
  if (a === 1 || b === 1) return 1
  return 1 / (1 + Math.exp(-(logit(a) + logit(b)) / 2))
}

/** The least double above a positive one. */
function nextUp(x: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  view.setBigUint64(0, view.getBigUint64(0) + 1n)
  return view.getFloat64(0)
}
