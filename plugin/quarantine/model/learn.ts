// Lessons: what a scope says of a message, and what follows from it in the layers. Computed from what the message counts as
// for that scope and what it shall count as, so that a lesson given twice counts once and a drag back unlearns.
import type { Item, Label, Scope } from '../../mail.ts'
import { sees } from '../../scope.ts'
import { EARLIER, getLesson, lessonsOf } from '../../store/lessons.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { wantReports } from '../report/want.ts'
import { sayEverybody } from './everybody.ts'
import { growUp } from './grow.ts'
import { restand, sayOwn } from './own.ts'
import type { Learning, Taught } from './said.ts'

/** Records what a scope says of a message (null: nothing any more). Answers whether what it counts as for that scope changed. */
export function teach(
  ctx: Learning,
  tx: Tx,
  message: Taught,
  vote: Label | null,
  by: Scope,
): boolean {
  const { blob, item } = message
  const before = lessonsOf(tx.views, blob)
  if (settleEarlier(ctx, tx, message, vote, by)) return false
  let changed = say(ctx, tx, message, vote, by)
  // Whoever takes a message back takes back what was said by it under his eyes.
  if (vote === null)
    for (const { scope, votes } of before)
      if (scope !== by && scope !== EARLIER && sees(by, scope) && votes.some(([id]) => id === item))
        changed = say(ctx, tx, message, null, scope) || changed
  if (changed && (before.length > 0 || by !== ''))
    for (const one of lessonsOf(tx.views, blob)) restand(ctx, tx, blob, one)
  growUp(ctx, tx)
  return changed
}

export function teachItem(
  ctx: Context,
  tx: Tx,
  item: Item,
  vote: Label | null,
  by: Scope,
): boolean {
  if (vote === null && item.trained === null) return false
  const message = { blob: item.blob, item: item.id, signals: item.signals }
  const changed = teach(ctx, tx, message, vote, by)
  wantReports(ctx, tx, item.id)
  return changed
}

/** Takes back what a scope says of a message, by whatever items. */
export function takeBack(ctx: Learning, tx: Tx, blob: string, scope: Scope): void {
  for (const [item] of getLesson(tx.views, blob, scope)?.votes ?? []) {
    if (scope === EARLIER) void sayEverybody(ctx, tx, { blob, item, signals: [] }, null, EARLIER)
    else say(ctx, tx, { blob, item, signals: [] }, null, scope)
  }
  for (const one of lessonsOf(tx.views, blob)) restand(ctx, tx, blob, one)
}

function say(ctx: Learning, tx: Tx, message: Taught, vote: Label | null, scope: Scope): boolean {
  return scope === ''
    ? sayEverybody(ctx, tx, message, vote, '')
    : sayOwn(ctx, tx, message, vote, scope)
}

/**
 * What was said before there were layers: the same again changes nothing (true); anything new that is said by the same item, or
 * by the super-admin, takes its place.
 */
function settleEarlier(
  ctx: Learning,
  tx: Tx,
  { blob, item }: Taught,
  vote: Label | null,
  by: Scope,
): boolean {
  const earlier = getLesson(tx.views, blob, EARLIER)
  if (!earlier) return false
  const mine = earlier.votes.find(([id]) => id === item)?.[1] ?? null
  if (mine === null && by !== '') return false
  if (mine !== null && mine === vote && earlier.label === vote) return true
  takeBack(ctx, tx, blob, EARLIER)
  return false
}
