import type { Asking, Outcome, ReleaseState } from '../../mail.ts'
import { encode } from '../codec.ts'
import { putItem } from '../items.ts'
import { mustItem, NONE, timeOf, type Kind, type Stamp } from './kind.ts'

/** How the release of an item stands: see mail.ts. */
export interface Release {
  type: 'release'
  item: number
  state: ReleaseState
  token: string
  worker: string
  reply: string
  /** Whose outcome this is, and which; `deferred`: there is none yet. `state` is that of the whole release. */
  recipient?: string
  outcome?: Outcome['state'] | 'deferred'
}

export const release: Kind<Release> = {
  fold: (tables, event) => {
    const item = mustItem(tables, event.item)
    const { state, token, worker, reply, actor } = event
    const at = timeOf(event)
    const outcomes = outcomesAfter(item.release?.outcomes ?? [], event)
    const asked = askedBy(event) ?? item.release?.asked
    putItem(tables, {
      ...item,
      release: {
        state,
        at,
        token,
        worker,
        reply,
        actor,
        ...(asked && { asked }),
        ...(outcomes.length > 0 && { outcomes }),
      },
    })
    // The outbox holds what still has to be handed over or has no final outcome yet.
    const open = state !== 'delivered' && state !== 'failed' && state !== 'cancelled'
    if (open) tables.outbox.put(item.id, encode({ state, token, worker }))
    else tables.outbox.remove(item.id)
  },
  changes: NONE,
  followed: 'outbox',
  blobs: NONE,
  gone: NONE,
  names: false,
}

/** A release that is wanted anew since its worker died was asked for before. */
function askedBy(event: Release & Stamp): Asking | null {
  const { actor, as, via } = event
  if (event.state !== 'wanted' || via === undefined) return null
  return { actor, ...(as !== undefined && { as }), at: timeOf(event), via }
}

function outcomesAfter(old: readonly Outcome[], event: Release & Stamp): Outcome[] {
  const { state, reply, recipient, outcome } = event
  // Another attempt: who has got it has got it.
  if (state === 'wanted' || state === 'claimed')
    return old.filter((one) => one.state === 'delivered')
  if (recipient === undefined || outcome === undefined) return [...old]
  const others = old.filter((one) => one.recipient !== recipient)
  return outcome === 'deferred'
    ? others
    : [...others, { recipient, state: outcome, at: timeOf(event), reply }]
}
