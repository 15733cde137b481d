// Who is due. A plan that was changed holds from its next hour on: whoever asks for a digest at eight gets none at noon for
// this morning.
import type { Scope } from '../../mail.ts'
import { levels } from '../../scope.ts'
import type { SettingKey } from '../../settings.ts'
import { getDigest, OPEN_DIGEST } from '../../store/digests.ts'
import { endingScopes } from '../../store/items.ts'
import { DAY } from '../../time.ts'
import { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import { knownSettings } from '../known.ts'
import { isDue, newestIn } from './content.ts'
import { planOf, slotBefore, type Plan } from './when.ts'

const KEYS = ['digest', 'digest_hour', 'digest_day', 'time_zone'] as const satisfies SettingKey[]
const isKey = (key: string): boolean => (KEYS as readonly string[]).includes(key)

/** What lazaret.ini says of plans, and since when (Unix ms): kept beside the views. */
interface Defaults {
  text: string
  since: number
}
const DEFAULTS = ['digest', 'defaults']
const FOR_EVER = 2 ** 53

export interface Due {
  scope: Scope
  slot: number
}

export class Plans {
  readonly #ctx: Context
  /** When the plan of a scope was changed last (Unix ms), as far as the journal reaches back. */
  readonly #changed = new Map<Scope, number>()
  #seq: number

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#seq = ctx.store.floor
  }

  /** Addresses whose digest is due, in turns with others. `now`: Unix ms. */
  async *due(now: number): AsyncGenerator<Due> {
    const { views } = this.#ctx.store
    const turn = new Turn('digest')
    const slots = new Map<string, number>()
    const defaults = await this.#defaults(now)
    const seen = new Set<Scope>()
    for (const stage of ['lies', 'expiring'] as const) {
      for (const scope of endingScopes(views, stage)) {
        if (turn.over) await turn.rest()
        if (!scope.includes('@') || seen.has(scope)) continue
        seen.add(scope)
        const slot = this.#slot(scope, now, slots, defaults)
        if (slot !== null) yield { scope, slot }
      }
    }
  }

  #slot(scope: Scope, now: number, slots: Map<string, number>, since: number): number | null {
    const { views } = this.#ctx.store
    const plan = planOf(knownSettings(this.#ctx, scope))
    if (!plan) return null
    const slot = slotOf(plan, now, slots)
    const record = getDigest(views, scope)
    if (record && (OPEN_DIGEST.has(record.state) || slot <= served(record.slot, now))) return null
    if (slot <= Math.max(since, this.#changedAt(scope, now))) return null
    const upto = record?.upto ?? 0
    if (newestIn(this.#ctx, scope) <= upto) return null
    return isDue(this.#ctx, scope, upto, slot, now) ? slot : null
  }

  #changedAt(scope: Scope, now: number): number {
    for (const { seq, event } of this.#ctx.store.followed(this.#seq, 'settings')) {
      this.#seq = seq
      if (event.type === 'setting' && isKey(event.key)) this.#changed.set(event.scope, event.at)
    }
    return Math.max(...levels(scope).map((one) => past(this.#changed.get(one) ?? 0, now)))
  }

  /** Since when lazaret.ini says what it does. */
  async #defaults(now: number): Promise<number> {
    const { config, store } = this.#ctx
    const text = KEYS.map((key) => config.settings[key]).join('\n')
    const { kept } = store.beside
    const known = kept.get<Defaults>(DEFAULTS)?.value
    if (known?.text === text) return past(known.since, now)
    await kept.change<Defaults>(DEFAULTS, () => ({ value: { text, since: now }, until: FOR_EVER }))
    return now
  }
}

/** The latest slot that was served; one far ahead was of a clock that was wrong. */
const served = (slot: number, now: number): number => (slot > now + DAY ? 0 : slot)

/** What a clock that was ahead has dated says nothing. */
const past = (at: number, now: number): number => (at > now ? 0 : at)

/** Thousands have the same plan. */
function slotOf(plan: Plan, now: number, slots: Map<string, number>): number {
  const key = Object.values(plan).join('\n')
  let slot = slots.get(key)
  if (slot === undefined) slots.set(key, (slot = slotBefore(now, plan)))
  return slot
}
