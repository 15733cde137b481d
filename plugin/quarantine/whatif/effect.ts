// What a change would do to mail on hand, in numbers and examples.
import type { Label, Login, Scope, VerdictClass } from '../../mail.ts'
import { getItem } from '../../store/items.ts'
import type { Context } from '../context.ts'
import { seenBy } from '../eyes.ts'
import { summaryOf } from '../folders/contents.ts'

/** A message that would be another class. */
export interface Moved {
  /** Null: it was delivered, and is known by its features alone. */
  id: number | null
  score: number
  before: VerdictClass
  after: VerdictClass
  label: Label | null
}

/** One of those that would move, as a person knows it. */
export interface Example {
  id: number
  subject: string
  from: string
  score: number
  before: VerdictClass
  after: VerdictClass
  /** What was said of it. */
  label: Label | null
}

export interface WhatIf {
  scope: Scope
  caught: {
    /** How many were looked at: the latest. */
    seen: number
    /** Would not be held any more; of these, what is known to be spam or ham. */
    freed: number
    freedSpam: number
    freedHam: number
  }
  /** Null: nothing is known of it in this respect. */
  delivered: {
    /** A sample, of the latest. */
    seen: number
    /** Would be held. */
    held: number
    /** Would be another class than before, held or not. */
    moved: number
  } | null
  /** Of caught mail, those nearest to what they were taken for before. */
  examples: Example[]
}

const EXAMPLES = 10

export function effectOf(
  ctx: Context,
  login: Login,
  {
    scope,
    seen,
    delivered,
    moved,
  }: {
    scope: Scope
    /** Of caught mail. */
    seen: number
    /** Null: not known. */
    delivered: number | null
    moved: readonly Moved[]
  },
): WhatIf {
  const freed = moved.filter(
    ({ id, before, after }) => id !== null && before === 'spam' && after !== 'spam',
  )
  const passed = moved.filter(({ id }) => id === null)
  const known = (label: Label): number => freed.filter((one) => one.label === label).length
  return {
    scope,
    caught: { seen, freed: freed.length, freedSpam: known('spam'), freedHam: known('ham') },
    delivered:
      delivered === null
        ? null
        : {
            seen: delivered,
            held: passed.filter(({ after }) => after === 'spam').length,
            moved: passed.length,
          },
    examples: freed.length === 0 ? [] : examples(ctx, login, freed),
  }
}

/** What is known to be spam first: that is what speaks against the change. */
function examples(ctx: Context, login: Login, moved: readonly Moved[]): Example[] {
  const order = (one: Moved): number => (one.label === 'spam' ? 0 : 1)
  return moved
    .toSorted((a, b) => order(a) - order(b) || b.score - a.score)
    .slice(0, EXAMPLES)
    .flatMap(({ id, score, before, after, label }) => {
      const item = id === null ? null : seenBy(login, getItem(ctx.store.views, id))
      if (!item) return []
      const { subject = '', name = '', address = '' } = summaryOf(ctx, item.id) ?? {}
      const from = name ? `${name} <${address}>` : address || item.sender
      return [{ id: item.id, subject, from, score, before, after, label }]
    })
}

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

/** In a sentence or two. */
export function tellWhatIf({ caught, delivered }: WhatIf): string {
  const { seen, freed, freedSpam, freedHam } = caught
  const known = [
    ...(freedSpam > 0 ? [`${freedSpam} known to be spam`] : []),
    ...(freedHam > 0 ? [`${freedHam} known to be ham`] : []),
  ]
  const of = known.length > 0 ? ` (${known.join(', ')})` : ''
  const first = `Of ${count(seen, 'caught message')} it would let through ${freed}${of}.`
  if (!delivered) return `${first} Of delivered mail nothing is known in this respect.`
  const rest = delivered.moved - delivered.held
  return `${first} Of ${count(delivered.seen, 'delivered message')} (a sample of the latest) it would hold ${delivered.held}, and judge ${rest} otherwise without holding them.`
}
