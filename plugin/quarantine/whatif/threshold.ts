// What other thresholds would do: by the scores that messages had when they came.
import { Refused } from '../../errors.ts'
import type { Login, Scope, Thresholds, VerdictClass } from '../../mail.ts'
import { levels } from '../../scope.ts'
import { SETTINGS } from '../../settings.ts'
import { turnOf } from '../../turns.ts'
import type { Context } from '../context.ts'
import { ownScope } from '../eyes.ts'
import { knownSettings } from '../known.ts'
import { effectOf, type Moved, type WhatIf } from './effect.ts'
import { onHand, type OnHand } from './on-hand.ts'

const KEYS = ['unsure', 'spam'] as const

/** The scores of mail on hand, as dots on a line. */
export interface Dots {
  scope: Scope
  /** Of the scope itself; addresses may have their own. */
  thresholds: Thresholds
  caught: { score: number; label: 'ham' | 'spam' | null }[]
  /** A sample. */
  delivered: number[]
}

export async function dots(ctx: Context, login: Login, of: Scope): Promise<Dots> {
  const scope = ownScope(ctx, login, of, 'messages')
  const { caught, delivered } = await onHand(ctx, scope, turnOf(login))
  return {
    scope,
    thresholds: thresholdsOf(ctx, scope),
    caught: caught.map(({ score, label }) => ({ score, label })),
    delivered: delivered.map(({ score }) => score),
  }
}

/** What it would change to set these for a scope; where an address or domain below has its own, nothing. */
export async function ifThresholds(
  ctx: Context,
  login: Login,
  of: Scope,
  wanted: Partial<Thresholds>,
): Promise<WhatIf> {
  const scope = ownScope(ctx, login, of, 'settings')
  for (const key of KEYS) {
    const value = wanted[key]
    if (value === undefined) continue
    try {
      SETTINGS[key].parse(String(value))
    } catch (error) {
      throw new Refused('invalid', `${key}: ${(error as Error).message}.`)
    }
  }
  const now = { ...thresholdsOf(ctx, scope), ...wanted }
  if (now.unsure > now.spam)
    throw new Refused('invalid', `unsure (${now.unsure}) would be above spam (${now.spam}).`)
  const hand = await onHand(ctx, scope, turnOf(login))
  const moved = movedBy(ctx, scope, wanted, hand)
  const { caught, delivered } = hand
  return effectOf(ctx, login, { scope, seen: caught.length, delivered: delivered.length, moved })
}

function movedBy(
  ctx: Context,
  scope: Scope,
  wanted: Partial<Thresholds>,
  { caught, delivered }: OnHand,
): Moved[] {
  const known = new Map<Scope, { now: Thresholds; after: Thresholds }>()
  const of = (one: Scope): { now: Thresholds; after: Thresholds } => {
    let both = known.get(one)
    if (!both) {
      const now = thresholdsOf(ctx, one)
      both = { now, after: { ...now, ...reaching(ctx, one, scope, wanted) } }
      known.set(one, both)
    }
    return both
  }
  const moved: Moved[] = []
  for (const { id, scope: one, score, label } of caught) {
    const { now, after: wished } = of(one)
    const [before, after] = [classOf(score, now), classOf(score, wished)]
    if (before !== after) moved.push({ id, score, before, after, label })
  }
  for (const { scope: one, score } of delivered) {
    const { now, after: wished } = of(one)
    const [before, after] = [classOf(score, now), classOf(score, wished)]
    if (before !== after) moved.push({ id: null, score, before, after, label: null })
  }
  return moved
}

/** Those of the wanted values that would hold for a scope below: not where it, or one in between, has its own. */
function reaching(
  ctx: Context,
  one: Scope,
  scope: Scope,
  wanted: Partial<Thresholds>,
): Partial<Thresholds> {
  const between = levels(one).slice(0, levels(one).indexOf(scope))
  const own = (key: 'unsure' | 'spam'): boolean =>
    between.some((level) => ctx.store.views.settings.has([level, key]))
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => !own(key as 'unsure')))
}

function thresholdsOf(ctx: Context, scope: Scope): Thresholds {
  const { unsure, spam } = knownSettings(ctx, scope)
  return { unsure, spam }
}

/** As filter/judge.ts: ham up to and including the lower one. */
function classOf(score: number, { unsure, spam }: Thresholds): VerdictClass {
  if (score >= spam) return 'spam'
  return score > unsure ? 'unsure' : 'ham'
}
