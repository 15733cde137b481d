// The eyes of a login: the one place where verbs ask what it may see and change. What is another's looks like
// what does not exist.
import { domainOf } from '../address.ts'
import { Refused } from '../errors.ts'
import type { Item, Login, Place, Scope, Seen } from '../mail.ts'
import { parseScope, sees, seesThing, tell, tierOf } from '../scope.ts'
import type { Views } from '../store/env.ts'
import { whoOf, type Who } from '../store/events/index.ts'
import { getItem } from '../store/items.ts'
import { getPlace } from '../store/places.ts'
import { payerOf, type Turn } from '../turns.ts'
import { ownerOf, ownerOfScope, type Book } from './owner.ts'

/** An item in a folder. */
export interface Placed {
  item: Item
  place: Place
}

/** A login whose tier and scope say the same: whatever else is a mistake of ours. */
export function checkedLogin(login: Login): Login {
  const { account, tier, scope } = login
  if (tierOf(scope) !== tier) throw new Error(`the login '${account}' is no ${tier} of '${scope}'`)
  return Object.freeze({ ...login })
}

/** Who it is that does something as this login, for the journal, and who pays for it. */
export function by(login: Login): Who & { dry?: boolean; turn?: Turn } {
  const { account, administrator, via, dry } = login
  const turn = payerOf(login)
  const who =
    administrator === undefined
      ? whoOf({ actor: account, via })
      : whoOf({ actor: administrator, as: account, via })
  return { ...who, ...(dry && { dry }), ...(turn && { turn }) }
}

/** `thing` where the login sees it, else null. */
export function seenBy<T extends Readonly<Seen>>(login: Login, thing: T | null): T | null {
  return thing && seesThing(login.scope, thing) ? thing : null
}

/** The item of this id; null when there is none, or not for this login. */
export function itemFor(views: Views, login: Login, id: number): Item | null {
  return seenBy(login, getItem(views, id))
}

/** The item behind a UID of a folder; null when it is gone or not this login's. */
export function placedFor(views: Views, login: Login, folder: string, uid: number): Placed | null {
  const place = getPlace(views, [uid, folder])
  const item = place && itemFor(views, login, place.item)
  return item && { item, place }
}

/**
 * The scope that was written (of an alias, its owner's), where it is this login's to see and to change. `what`:
 * `settings`, `lists`.
 */
export function ownScope(book: Book, login: Login, text: string, what: string): Scope {
  return ownExactly(login, ownerOfScope(book, parseScope(text)), what)
}

/** The very scope that was written, whoever its mail belongs to now. */
export function ownExactly(login: Login, text: string, what: string): Scope {
  const scope = parseScope(text)
  if (!sees(login.scope, scope))
    throw new Refused(
      'not-allowed',
      `The ${what} of ${tell(scope)} are not yours to see or to change.`,
    )
  return scope
}

/** The scope that mail of this address belongs to, where it is this login's. */
export function ownMail(book: Book, login: Login, address: string): Scope {
  const scope = ownerOf(book, address)
  if (!sees(login.scope, scope))
    throw new Refused(
      'not-allowed',
      `The mail of ${scope === '' ? 'nobody' : scope} is not yours to see.`,
    )
  return scope
}

/** For what concerns everybody at once. `what` completes the sentence `Only the super-admin can ...`. */
export function needAll(login: Login, what: string): void {
  if (login.scope !== '') throw new Refused('not-allowed', `Only the super-admin can ${what}.`)
}

/** For what people do not do for themselves. `what` completes the sentence `Only the administrator can ...`. */
export function needAdministrator({ tier, scope }: Login, what: string): void {
  if (tier === 'address')
    throw new Refused(
      'not-allowed',
      `Only the administrator of ${domainOf(scope)} or the super-admin can ${what}.`,
    )
}
