// Mail on hand: what was caught in a scope, with what people said of it since, and a sample of what was delivered. The
// latest of both; read from summaries, so that thousands are told while a person drags a line.
import type { Label, Scope } from '../../mail.ts'
import { keywordSet } from '../../store/keywords.ts'
import { getItem } from '../../store/items.ts'
import { folderStatus, getPlace } from '../../store/places.ts'
import { rowsBack } from '../../store/rows.ts'
import type { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import type { FolderId } from '../folders/folders.ts'
import { readSummary, type Summary } from '../folders/summary.ts'

/** A message that was caught. */
export interface Caught {
  id: number
  scope: Scope
  /** As judged when it came. */
  score: number
  label: Label | null
}

export interface OnHand {
  caught: Caught[]
  delivered: { scope: Scope; score: number }[]
}

/** The latest of each folder, and of delivered mail. */
export const LATEST = 5000

/** Where caught mail lies, and what that says of it. */
const FOLDERS: [FolderId, Label | null][] = [
  ['caught', null],
  ['spam', 'spam'],
  ['not-spam', 'ham'],
  ['release-train', 'ham'],
  ['release', null],
]

/** How long what was read is used again, while nothing changes in these folders: a person drags a line. */
const AGAIN_MS = 3000
/** Scopes that are remembered for so long. */
const SCOPES_MAX = 16

interface Remembered {
  at: number
  /** Of the folders. */
  state: string
  hand: Promise<OnHand>
}

const remembered = new WeakMap<Context, Map<Scope, Remembered>>()

export async function onHand(ctx: Context, scope: Scope, turn: Turn): Promise<OnHand> {
  const known = remembered.get(ctx) ?? new Map<Scope, Remembered>()
  remembered.set(ctx, known)
  const old = known.get(scope)
  const { views } = ctx.store
  const state = FOLDERS.map(([folder]) => folderStatus(views, scope, folder).modseq).join()
  if (old?.state === state && performance.now() - old.at < AGAIN_MS) return await old.hand
  if (known.size >= SCOPES_MAX) known.clear()
  const hand = read(ctx, scope, turn)
  known.set(scope, { at: performance.now(), state, hand })
  // Whoever fails leaves nothing behind.
  hand.catch(() => known.delete(scope))
  return await hand
}

async function read(ctx: Context, scope: Scope, turn: Turn): Promise<OnHand> {
  const caught: Caught[] = []
  await eachCaught(ctx, scope, turn, LATEST, (one) => void caught.push(one))
  return { caught, delivered: ctx.store.beside.delivered.scores(scope, LATEST) }
}

/** Each item once, the latest of each folder first. Between two of them others may have their turn. */
export async function eachCaught(
  ctx: Context,
  scope: Scope,
  turn: Turn,
  latest: number,
  visit: (one: Caught) => void,
): Promise<void> {
  const seen = new Set<number>()
  const said = new Map<number, Label | null>()
  for (const [folder, label] of FOLDERS) {
    let left = latest
    // Rows are valid until the next turn: read in pieces.
    for (let from: number | null = 2 ** 32; from !== null;) {
      let next: number | null = null
      for (const { uid, keywords } of rowsBack(ctx.store.views, scope, folder, from)) {
        const one = caughtAt(ctx, folder, uid)
        if (one && !seen.has(one.id)) {
          seen.add(one.id)
          visit({ ...one, label: label ?? buttonSaid(ctx, keywords, said) })
        }
        if (--left === 0) break
        if (turn.over) {
          next = uid
          break
        }
      }
      from = next
      if (from !== null) await turn.give()
    }
  }
}

/** Null: it was never judged, as what people put there themselves. */
function caughtAt(ctx: Context, folder: FolderId, uid: number): Omit<Caught, 'label'> | null {
  // In the quarantine an item and its first place come from one event: the UID is the item's id.
  const first = summary(ctx, uid)
  const id = first ? uid : getPlace(ctx.store.views, [uid, folder])?.item
  if (id === undefined) return null
  const kept = first ?? summary(ctx, id)
  if (kept) {
    const { score, scope } = kept
    return score === null ? null : { id, scope, score }
  }
  const item = getItem(ctx.store.views, id)
  return item?.verdict ? { id, scope: item.scope, score: item.verdict.score } : null
}

/** Valid until the next access to any table. */
function summary({ store }: Context, id: number): Summary | null {
  const bytes = store.beside.summaryInPlace(id)
  return bytes ? readSummary(id, bytes) : null
}

/** What a junk button said of a message that lies where it was caught. */
function buttonSaid(ctx: Context, set: number, said: Map<number, Label | null>): Label | null {
  if (set === 0) return null
  const known = said.get(set)
  if (known !== undefined) return known
  const names = keywordSet(ctx.store.views, set).map((name) => name.toLowerCase())
  const label = names.some((name) => name === '$junk' || name === 'junk')
    ? 'spam'
    : names.some((name) => name === '$notjunk' || name === 'nonjunk')
      ? 'ham'
      : null
  said.set(set, label)
  return label
}
