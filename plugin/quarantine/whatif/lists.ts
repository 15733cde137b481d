// What list entries would do, to mail of which the sender is known: what was caught. Of delivered mail he is not.
import { decideLists, type ListMatch } from '../../filter/lists.ts'
import { parseMask } from '../../filter/mask.ts'
import { MaskIndex } from '../../filter/mask-index.ts'
import { unlessDamaged } from '../../errors.ts'
import type { Item, ListKind, Login, Scope } from '../../mail.ts'
import { authorsOf } from '../../mime/authors.ts'
import { levels } from '../../scope.ts'
import { getItem } from '../../store/items.ts'
import { turnOf } from '../../turns.ts'
import type { Context } from '../context.ts'
import { ownScope } from '../eyes.ts'
import { headerIn } from '../folders/contents.ts'
import { listQuery, provenAs } from '../lists/query.ts'
import { domainsOf, ownerOf } from '../owner.ts'
import { knownSettings } from '../known.ts'
import { effectOf, type Moved, type WhatIf } from './effect.ts'
import { eachCaught } from './on-hand.ts'

/** Headers are read of so many of each folder. */
const LATEST = 1000

export interface ListWhatIf extends WhatIf {
  /** Caught mail that the entries match, whatever that changes; of it, what people said of it or released. */
  matched: number
  matchedHam: number
  matchedSpam: number
}

/** What it would change to add these masks. Senders are taken for proven, as `list check` does. */
export async function ifListed(
  ctx: Context,
  login: Login,
  of: Scope,
  list: ListKind,
  masks: readonly string[],
): Promise<ListWhatIf> {
  const scope = ownScope(ctx, login, of, 'lists')
  const index = new MaskIndex()
  for (const mask of new Set(masks.map(parseMask))) index.add(scope, list, mask)
  const turn = turnOf(login)
  const moved: Moved[] = []
  let [seen, matched, matchedHam, matchedSpam] = [0, 0, 0, 0]
  ctx.follower.catchUp()
  await eachCaught(ctx, scope, turn, LATEST, ({ id, score, label }) => {
    seen++
    const item = getItem(ctx.store.views, id)
    const found = item && unlessDamaged(() => decisions(ctx, index, item))
    if (!item?.verdict || !found?.added) return
    matched++
    if (label === 'ham' || (label === null && item.release)) matchedHam++
    if (label === 'spam') matchedSpam++
    const before = item.verdict.class
    const decides = wins(found.added, found.now, item.scope)
    const after = decides ? (list === 'block' ? 'spam' : 'ham') : before
    if (before !== after) moved.push({ id, score, before, after, label })
  })
  const effect = effectOf(ctx, login, { scope, seen, delivered: null, moved })
  return { ...effect, matched, matchedHam, matchedSpam }
}

interface Decisions {
  now: ListMatch | null
  added: ListMatch | null
}

function decisions(ctx: Context, index: MaskIndex, item: Item): Decisions {
  const { direction, sender, recipients, scope } = item
  const from = authorsOf(headerIn(ctx.store.views, item))
  const [recipient = ''] = recipients
  const query = listQuery(knownSettings(ctx, scope), {
    from,
    sender,
    recipient,
    direction,
    scope,
    proofs: provenAs(from, sender),
    own: domainsOf(ctx, ownerOf(ctx, recipient)),
  })
  return { now: decideLists(ctx.filter.masks, query), added: decideLists(index, query) }
}

/** docs/rules.md "Lists": the nearest level decides; at one level allow beats block. */
function wins(added: ListMatch, now: ListMatch | null, scope: Scope): boolean {
  if (!now) return true
  const level = (one: ListMatch): number => levels(scope).indexOf(one.scope)
  return level(added) === level(now) ? added.list === 'allow' : level(added) < level(now)
}
