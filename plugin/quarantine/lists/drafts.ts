// Large imports of the lists: drafts in steps, of which all count from one short decision on, or are taken away again.
import { Refused } from '../../errors.ts'
import type { ListKind, Login, Scope } from '../../mail.ts'
import { hasDraft, listsSeq } from '../../store/lists.ts'
import type { Tx } from '../../store/store.ts'
import { write, type Context, type Writing } from '../context.ts'
import { by } from '../eyes.ts'
import { inSteps } from '../steps.ts'
import { Rivals } from './rivals.ts'

/** What one event adds. */
export interface Part {
  list: ListKind
  masks: string[]
}

/** Of the masks that one event of a bulk changes: they are a first step. */
export const STEP_OCTETS = 32 * 1024
/** Such events in a first step. */
export const STEP = 1

/**
 * Brings the parts into the journal in steps, so that others get their turn with the writer; none of them counts before
 * the last decision, which is short.
 */
export async function addAsImport(
  ctx: Context,
  login: Login,
  scope: Scope,
  parts: readonly Part[],
  since: number,
): Promise<number> {
  const drafts: number[] = []
  const options = by(login)
  const draft = (tx: Tx, some: readonly Part[]): number[] =>
    some.map(({ list, masks: add }) => tx.append({ type: 'draft', scope, list, add }))
  try {
    await inSteps(ctx, options, parts, draft, (seqs) => drafts.push(...seqs), STEP)
    const rivals = new Rivals(scope, parts)
    for (let seq = since; ;) {
      seq = await rivals.follow(ctx, seq)
      const added = await write(ctx, options, (tx) => {
        // Looked at once more, where others get their turn.
        if (listsSeq(tx.views) > seq) return null
        if (!drafts.every((part) => hasDraft(tx.views, part)))
          throw new Refused(
            'impossible',
            'The import took more than a day and was given up: start it anew.',
          )
        tx.append({ type: 'import', drafts, keep: true })
        return rivals.others
      })
      if (added !== null) return parts.reduce((sum, { masks }) => sum + masks.length, -added)
    }
  } catch (error) {
    // Also where there is no budget left for anything else.
    await giveUp(ctx, { ...options, turn: undefined }, drafts)
    throw error
  }
}

/** Drafts whose masks never count: they are taken away in steps. */
export async function giveUp(
  ctx: Context,
  options: Writing,
  all: readonly number[],
): Promise<void> {
  if (all.length === 0) return
  const step = (tx: Tx, some: readonly number[]): void => {
    // Somebody else may have been first.
    const drafts = some.filter((seq) => hasDraft(tx.views, seq))
    if (drafts.length > 0) tx.append({ type: 'import', drafts, keep: false })
  }
  await inSteps(ctx, options, all, step, () => undefined, STEP)
}
