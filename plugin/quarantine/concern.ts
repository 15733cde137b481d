// Whom an event concerns, and what of it: the journal is shown to people by this rule. A login sees what it did itself, and
// what was done to mail, lists, settings and accounts of its scope, by whomever; of an event about several only its own part.
import type { Login, Scope } from '../mail.ts'
import { sees } from '../scope.ts'
import { stampOf, whoOf, type Event, type EventBody, type Who } from '../store/events/index.ts'
import { getItem } from '../store/items.ts'
import type { Context } from './context.ts'

type Body<T extends EventBody['type']> = Extract<EventBody, { type: T }>

interface Seen {
  scope(scope: Scope): boolean
  item(id: number): boolean
}

/** True: all of it is shown; else what of it is. */
type Shows<T extends EventBody['type']> = (
  event: Body<T>,
  seen: Seen,
  ctx: Context,
) => boolean | Body<T>

const nobody = (): boolean => false
const ofScope = ({ scope }: { scope: Scope }, seen: Seen): boolean => seen.scope(scope)
const ofItem = ({ item }: { item: number }, seen: Seen): boolean => seen.item(item)
/** Names of accounts below the super-admin are scopes. */
const ofAccount = ({ account }: { account: string }, seen: Seen): boolean => seen.scope(account)

const SHOWS: { [T in EventBody['type']]: Shows<T> } = {
  create: nobody,
  deposit: ({ item: { scope } }, seen) => seen.scope(scope),
  copy: ofItem,
  move: ofScope,
  flags: (event, seen) =>
    some({ ...event, groups: event.groups.filter(({ scope }) => seen.scope(scope)) }),
  expunge: (event, seen) =>
    some({ ...event, groups: event.groups.filter(({ scope }) => seen.scope(scope)) }),
  purge: (event, seen) => {
    const items = event.items.filter((id) => seen.item(id))
    return items.length > 0 && { ...event, items, groups: [] }
  },
  redate: (event, seen) => {
    const items = event.items.filter((id) => seen.item(id))
    return items.length > 0 && { ...event, items }
  },
  digest: ofScope,
  release: ofItem,
  report: ofItem,
  ceiling: nobody,
  lesson: ({ item, scope = '' }, seen) => seen.scope(scope) || (item > 0 && seen.item(item)),
  standing: ofScope,
  snapshot: nobody,
  account: ({ name, account }, seen) => account?.tier !== 'super-admin' && seen.scope(name),
  alias: ({ name, owner }, seen) => seen.scope(name) || (owner !== null && seen.scope(owner)),
  restored: nobody,
  setting: ofScope,
  masks: ofScope,
  folder: nobody,
  draft: ofScope,
  keywords: nobody,
  import: ({ drafts }, seen, { store }) =>
    drafts.some((seq) => {
      const draft = store.event(seq)
      return draft?.type === 'draft' && seen.scope(draft.scope)
    }),
  token: ({ token, id }, seen, { store }) => {
    if (token) return ofAccount(token, seen)
    const made = store.event(id)
    return made?.type === 'token' && made.token !== null && ofAccount(made.token, seen)
  },
  subscription: ofAccount,
}

const some = <E extends { groups: unknown[] }>(event: E): false | E =>
  event.groups.length > 0 && event

/** What of an event a login sees; null: nothing. */
export function asSeenBy(ctx: Context, login: Login, event: Event): Event | null {
  if (login.scope === '' || isBy(login, event)) return event
  const seen: Seen = {
    scope: (scope) => sees(login.scope, scope),
    item: (id) => {
      const scope = scopeOfItem(ctx, id)
      return scope !== null && sees(login.scope, scope)
    },
  }
  const shows = SHOWS[event.type] as Shows<EventBody['type']>
  const shown = shows(event, seen, ctx)
  if (typeof shown === 'object') return { ...stampOf(event), ...shown }
  return shown ? event : null
}

/** Who did it; where they were is shown to those who see that account. */
export function whoSeenBy(login: Login, event: Event): Who {
  const { via, ...who } = whoOf(event)
  const near = login.scope === '' || event.actor === login.account || sees(login.scope, event.actor)
  return { ...who, ...(near && via !== undefined && { via }) }
}

const isBy = ({ account }: Login, { actor, as }: Event): boolean =>
  actor === account || as === account

/** Whose an item is, or was: its id is the seq of what made it. */
function scopeOfItem({ store }: Context, id: number): Scope | null {
  const item = getItem(store.views, id)
  if (item) return item.scope
  const made = store.event(id)
  return made?.type === 'deposit' ? made.item.scope : null
}
