// What a scope says of a message, and the message as the kernel reads it.
import { SCORED_MAX, type Features } from '../../filter/kernel.ts'
import type { Label, Scope } from '../../mail.ts'
import { blobOctets } from '../../store/blobs.ts'
import { getLesson, type Lesson } from '../../store/lessons.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'

/** What a lesson is given to: the model of this process inside a decision, or one that learns anew. */
export type Learning = Pick<Context, 'config'> & {
  follower: { model: Pick<Context['follower']['model'], 'draft' | 'featuresOf'> }
  /** Of a server that runs: what others hear is measured on their mail (effect.ts). */
  store?: Context['store']
}

/** A message to learn from: a stored blob, or bytes from outside together with their hash. */
export interface Taught {
  blob: string
  /** By which item it is said; 0 from outside the quarantine. */
  item: number
  signals: readonly string[]
  raw?: Uint8Array
}

/** What a scope says by an item, and what the message counts as for it then. */
export interface Said {
  old: Lesson | null
  /** What it said by this item before. */
  mine: Label | null
  vote: Label | null
  label: Label | null
}

/** What a scope says of a message once it says `vote` by an item. */
export function saidBy(tx: Tx, { blob, item }: Taught, vote: Label | null, scope: Scope): Said {
  const old = getLesson(tx.views, blob, scope)
  const votes = (old?.votes ?? []).filter(([id]) => id !== item)
  const mine = old?.votes.find(([id]) => id === item)?.[1] ?? null
  if (vote) votes.push([item, vote])
  // The latest standing vote decides: people correct themselves.
  return { old, mine, vote, label: votes.at(-1)?.[1] ?? null }
}

/** The slots of a message; those of a long one were read ahead of the decision. */
export function featuresOf(ctx: Learning, tx: Tx, message: Taught): Features {
  const { blob, signals } = message
  const raw = message.raw ?? blobOctets(tx.views, blob, 0, SCORED_MAX)
  if (!raw) throw new Error(`blob ${blob} is missing from the store`)
  return (
    ctx.follower.model.featuresOf(blob, raw, signals) ??
    ctx.follower.model.draft().features(raw, signals)
  )
}
