// Gists, made where none is kept: of ids that will not come any more they stay beside the views, those of the newest are
// made for each listing. What they say is of the moment in which they are read; which items there are, rows tell.
import { GIST_BITS, gistOf } from '../../store/beside.ts'
import { itemIds } from '../../store/items.ts'
import { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import { summaryOf } from '../folders/contents.ts'
import { readSummary } from '../folders/summary.ts'
import { Gist, GistMaker, readGist } from './gist.ts'

/** Gists that a listing has at hand: those of ids that were asked for last. */
const HELD = 16

/** The gists of one listing: each is good until as many others were asked for. */
export class Gists {
  readonly #ctx: Context
  readonly #turn: Turn
  readonly #held = new Map<number, Gist>()
  /** Of one that nobody asks for any more. */
  #spare: ArrayBuffer | undefined
  #number = -1
  #gist: Gist | null = null

  constructor(ctx: Context, turn: Turn) {
    this.#ctx = ctx
    this.#turn = turn
  }

  /** The one in which an item is, if it need not be made; null: ask `ready`. */
  now(id: number): Gist | null {
    const number = gistOf(id)
    if (number === this.#number) return this.#gist
    const gist = this.#held.get(number) ?? keptGist(this.#ctx, number, this.#spare)
    if (gist) this.#hold(number, gist)
    return gist
  }

  async ready(id: number): Promise<Gist> {
    const number = gistOf(id)
    const gist = this.now(id) ?? (await makeGist(this.#ctx, number, this.#turn))
    this.#hold(number, gist)
    return gist
  }

  #hold(number: number, gist: Gist): void {
    this.#number = number
    this.#gist = gist
    if (gist.memory === this.#spare) this.#spare = undefined
    this.#held.delete(number)
    this.#held.set(number, gist)
    if (this.#held.size <= HELD) return
    for (const [oldest, { memory }] of this.#held) {
      this.#held.delete(oldest)
      this.#spare = memory
      return
    }
  }
}

/**
 * Keeps gists of what came since the last time, so that nobody who looks waits for them. What has no summary (it came from
 * another machine) is left to whoever looks. Answers how many were made.
 */
export async function keepGists(ctx: Context): Promise<number> {
  const turn = new Turn('gists')
  let made = 0
  for (let from: number | null = 0; from !== null;) {
    const id = nextItem(ctx, from)
    from = id === null ? null : endOf(gistOf(id))
    // The last one is not whole before an id behind it was given.
    if (from === null || from > ctx.store.seq + 1) break
    if (turn.over) await turn.rest()
    const number = gistOf(from - 1)
    if (keptGist(ctx, number)) continue
    if (!everyIdHasSummary(ctx, number)) continue
    await makeGist(ctx, number, turn)
    made++
  }
  return made
}

function nextItem(ctx: Context, from: number): number | null {
  for (const id of itemIds(ctx.store.views, from)) return id
  return null
}

function keptGist(ctx: Context, number: number, memory?: ArrayBuffer): Gist | null {
  const bytes = ctx.store.beside.gistInPlace(number)
  return bytes ? readGist(bytes, memory) : null
}

/** The first id that has another gist. */
const endOf = (number: number): number => (number + 1) * 2 ** GIST_BITS

function idsOf(ctx: Context, number: number): number[] {
  const ids: number[] = []
  for (const id of itemIds(ctx.store.views, number * 2 ** GIST_BITS)) {
    if (id >= endOf(number)) break
    ids.push(id)
  }
  return ids
}

function everyIdHasSummary(ctx: Context, number: number): boolean {
  return idsOf(ctx, number).every((id) => ctx.store.beside.summaryInPlace(id) !== undefined)
}

async function makeGist(ctx: Context, number: number, turn: Turn): Promise<Gist> {
  const { store } = ctx
  // No id comes any more among these.
  let lasts = store.seq >= endOf(number) - 1
  const maker = new GistMaker()
  for (const id of idsOf(ctx, number)) {
    const bytes = store.beside.summaryInPlace(id)
    const kept = bytes ? readSummary(id, bytes) : null
    if (kept) maker.add(kept)
    else {
      // Of a damaged message it is another one when that was brought back.
      lasts = false
      const made = summaryOf(ctx, id)
      if (made) maker.add(made)
    }
    if (turn.over) await turn.give()
  }
  const bytes = maker.done()
  const gist = new Gist(bytes)
  if (lasts) await store.beside.keepGist(number, bytes, gist.ids)
  return gist
}
