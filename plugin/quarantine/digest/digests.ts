// The digests, for the process that sends them.
import type { Scope } from '../../mail.ts'
import { decode } from '../../store/codec.ts'
import type { DigestRecord } from '../../store/digests.ts'
import { MINUTE } from '../../time.ts'
import type { Context } from '../context.ts'
import { makeDigest, type Made } from './make.ts'
import { Plans, type Due } from './plans.ts'
import * as queue from './queue.ts'

/** Who goes through all addresses: one process at a time, until it has not said so for this long. */
const LEAD = ['digest', 'lead']
const LEAD_MS = 2 * MINUTE

interface Lead {
  worker: string
}

export class Digests {
  readonly #ctx: Context
  readonly #plans: Plans

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#plans = new Plans(ctx)
  }

  /** Whether this worker goes through all addresses now; to be asked again while it does. */
  async lead(worker: string, isAlive: (worker: string) => boolean): Promise<boolean> {
    let mine = false
    await this.#ctx.store.beside.kept.change<Lead>(LEAD, (old) => {
      mine = old === null || old.value.worker === worker || !isAlive(old.value.worker)
      return mine ? { value: { worker }, until: Date.now() + LEAD_MS } : old
    })
    return mine
  }
  /** Addresses whose digest is due. `now`: what time it is, in Unix ms. */
  due(now = this.#ctx.store.clock.now()): AsyncGenerator<Due> {
    return this.#plans.due(now)
  }
  /** Null: there is nothing new for it, or it was told already. Claimed where it goes by mail. */
  make({ scope, slot }: Due, worker: string): Promise<Made | null> {
    return makeDigest(this.#ctx, scope, { actor: 'system', bulk: true, slot, worker })
  }
  /** Addresses that have not got theirs. */
  underway(): ReturnType<typeof queue.underway> {
    return queue.underway(this.#ctx)
  }
  claim(one: queue.Underway, worker: string): Promise<boolean> {
    return queue.claimDigest(this.#ctx, one, worker)
  }
  unclaim(one: queue.Underway): Promise<void> {
    return queue.unclaimDigest(this.#ctx, one)
  }
  /** What is handed over; null: it is given up. */
  job(one: queue.Underway): Promise<queue.DigestJob | null> {
    return queue.digestJob(this.#ctx, one)
  }
  /** False: this queue file is of no use any more. */
  moved(one: queue.Underway, state: 'queued' | 'sending'): Promise<boolean> {
    return queue.digestMoved(this.#ctx, one, state)
  }
  over(one: queue.Underway, state: 'sent' | 'failed' | 'unknown', reply: string): Promise<void> {
    return queue.digestOver(this.#ctx, one, state, reply)
  }
  reclaim(seen: DigestRecord & queue.Underway, has: ReadonlySet<string>): Promise<void> {
    return queue.reclaimDigest(this.#ctx, seen, has)
  }
  /** Who gets one: `lazaret.ini` or the scope that has a setting; null: nobody. */
  wanted(): string | null {
    return wantedBy(this.#ctx)
  }
}

/** The first that says so; null: nobody does. */
function wantedBy({ config, store }: Context): string | null {
  if (config.settings.digest !== 'off') return 'lazaret.ini'
  for (const { key, value } of store.views.settings.range({})) {
    const [scope, name] = key as [Scope, string]
    if (name === 'digest' && decode<string>(value) !== 'off') return scope
  }
  return null
}
