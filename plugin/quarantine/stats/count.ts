// Counts what the journal tells, by day and scope, from where that was done last: every process may, and one does.
import type { Item, Scope } from '../../mail.ts'
import { sees } from '../../scope.ts'
import { AT_LEAST } from '../../store/entries.ts'
import { timeOf } from '../../store/events/kind.ts'
import type { Event } from '../../store/events/index.ts'
import { getItem } from '../../store/items.ts'
import { Adding, dayOf } from '../../store/tallies.ts'
import type { Turn } from '../../turns.ts'
import type { Context } from '../context.ts'
import type { JournalKey } from './keys.ts'

/** Events that one transaction adds at most. */
const STEP = 2000

export async function countJournal(ctx: Context, turn: Turn): Promise<void> {
  const { store } = ctx
  const { tallies } = store.beside
  const until = store.seq
  for (;;) {
    const from = tallies.journal
    let at = Math.max(from ?? 0, store.floor)
    if (at >= until) return
    const adding = new Adding()
    let some = 0
    // Nothing is waited for in here: the journal is read as of one moment.
    for (const { seq, event, last } of store.events(at)) {
      at = seq
      for (const [scope, key] of counted(ctx, event)) adding.add(scope, dayOf(timeOf(event)), key)
      some++
      if (some === STEP || ((last || some >= AT_LEAST) && turn.over)) break
    }
    if (some === 0) return
    await tallies.countedOn(from, at, adding.take())
    await turn.rest()
  }
}

function* counted(ctx: Context, event: Event): Generator<[Scope, JournalKey]> {
  if (event.type === 'deposit') {
    const { kind, scope } = event.item
    if (kind === 'held') yield [scope, 'caught']
    if (kind === 'copy') yield [scope, 'copied']
  }
  if (event.type === 'release' && (event.state === 'delivered' || event.state === 'failed')) {
    const item = getItem(ctx.store.views, event.item)
    // What is delivered to several with other headers is no release that somebody asked for.
    if (item && item.kind !== 'split')
      yield [item.scope, event.state === 'delivered' ? 'released' : 'failed']
  }
  if (event.type === 'lesson' && event.item > 0) {
    const item = getItem(ctx.store.views, event.item)
    const by = event.scope ?? ''
    // For those who see both: a domain's lesson on the mail of one of its addresses is the domain's.
    const scope = item && sees(by, item.scope) ? item.scope : by
    yield [scope, event.vote ?? 'takenBack']
    const error = item && errorOf(item, event.vote)
    if (error) yield [item.scope, error]
  }
}

/** What a lesson says against the verdict on its item. */
function errorOf(item: Item, vote: 'ham' | 'spam' | null): JournalKey | null {
  if (vote === 'ham' && item.kind === 'held') return 'caughtWrongly'
  if (vote === 'spam' && item.kind !== 'held') return 'missed'
  return null
}
