// When what lies in the quarantine comes to its end: by what is set on the day, for whatever it is held since.
import type { Item, Scope } from '../mail.ts'
import type { Views } from '../store/env.ts'
import { stageOf, type Stage } from '../store/items.ts'
import { DAY, HOUR } from '../time.ts'
import type { Context } from './context.ts'
import { knownSettings } from './known.ts'
import { settingsFor } from './settings.ts'

/** Long enough for a release that the next hop defers. */
const SENT_KEPT = 5 * DAY

/** How long (ms) items of a scope stay at a stage. `views`: inside of a decision. */
export function spanOf(ctx: Context, stage: Stage, scope: Scope, views?: Views): number {
  if (stage === 'deleted') return ctx.config.main.grace_hours * HOUR
  if (stage === 'sent') return SENT_KEPT
  const settings = views ? settingsFor(ctx, views, scope) : knownSettings(ctx, scope)
  return settings.retention_days * DAY
}

/** Unix time in ms at which it is hidden from its folders, or if it was deleted, gone for good; 0: never. */
export function endOf(ctx: Context, item: Item): number {
  const stage = stageOf(item)
  return stage === null ? 0 : item.since + spanOf(ctx, stage, item.scope)
}
