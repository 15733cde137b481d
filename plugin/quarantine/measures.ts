// How it goes, in numbers, for who watches from outside: what stands in the views now, and what the journal told since this
// process looked first.
import { AT_LEAST } from '../store/entries.ts'
import { getModel } from '../store/lessons.ts'
import { folderStatus } from '../store/places.ts'
import type { JournalState } from '../store/journal.ts'
import type { SpaceState } from '../store/space.ts'
import { whatRuns, type Running } from '../running.ts'
import type { Turn } from '../turns.ts'
import type { Context } from './context.ts'

/** Counted since this process looked first. */
export interface Tally {
  held: number
  /** That were asked for (`wanted`), and that ended, by how they did. */
  releases: Record<string, number>
  /** What became of each recipient's copy: `delivered`, `failed`, and `deferred` for a try that did not do. */
  outcomes: Record<string, number>
  /** By what was said; `none`: taken back. */
  lessons: Record<string, number>
}

export interface Measured {
  readonly tally: Tally
  readonly running: readonly Running[]
  /** Messages that lie in the folders of caught and of outgoing mail. */
  readonly caught: number
  readonly outgoing: number
  readonly accounts: number
  readonly masks: number
  readonly space: SpaceState
  /** Of several machines: whether this one can write, and how many events it is behind. */
  readonly journal: Pick<JournalState, 'can' | 'lag'>
  readonly model: {
    ham: number
    spam: number
    /** Unix ms of its last snapshot; null: there is none that the journal still knows. */
    kept: number | null
  }
}

export class Measures {
  readonly #ctx: Context
  #at: number
  #reading: Promise<void> | null = null
  readonly #tally: Tally = {
    held: 0,
    releases: { wanted: 0, delivered: 0, failed: 0, cancelled: 0 },
    outcomes: { delivered: 0, failed: 0, deferred: 0 },
    lessons: { ham: 0, spam: 0, none: 0 },
  }

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#at = ctx.store.seq
  }

  async take(turn: Turn): Promise<Measured> {
    // Two who ask at one time count once.
    await (this.#reading ??= this.#read(turn).finally(() => (this.#reading = null)))
    const { store } = this.#ctx
    const { views } = store
    const { ham, spam, upto, snapshot } = getModel(views)
    return {
      tally: this.#tally,
      running: whatRuns(store.dir),
      caught: folderStatus(views, '', 'caught').messages,
      outgoing: folderStatus(views, '', 'outgoing').messages,
      accounts: views.accounts.count(),
      masks: views.masks.count(),
      space: store.space.state,
      journal: store.state,
      model: { ham, spam, kept: snapshot ? (store.event(upto)?.at ?? null) : null },
    }
  }

  async #read(turn: Turn): Promise<void> {
    const { store } = this.#ctx
    const until = store.seq
    while (this.#at < until) {
      const from = this.#at
      for (const { seq, event, last } of store.events(from)) {
        this.#at = seq
        if (event.type === 'deposit' && event.item.kind === 'held') this.#tally.held++
        if (event.type === 'lesson') more(this.#tally.lessons, event.label ?? 'none')
        if (event.type === 'release') {
          if (event.outcome) more(this.#tally.outcomes, event.outcome)
          more(this.#tally.releases, event.state)
        }
        if (seq >= until || ((last || seq - from >= AT_LEAST) && turn.over)) break
      }
      if (this.#at === from) return
      await turn.give()
    }
  }
}

function more(counts: Record<string, number>, key: string): void {
  // States on the way to one of these are none to count.
  if (key in counts) counts[key]++
}
