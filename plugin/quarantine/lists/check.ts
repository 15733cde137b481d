// What the lists say about a sender, with the reasons: for people who wonder.
import { canonicalAddress } from '../../address.ts'
import { explainLists, type ListExplanation } from '../../filter/lists.ts'
import { Refused } from '../../errors.ts'
import type { Direction, Login } from '../../mail.ts'
import type { Context } from '../context.ts'
import { ownMail } from '../eyes.ts'
import { settingsFor } from '../settings.ts'

export interface ListCheck {
  /** Addresses of the header From. */
  from: readonly string[]
  /** Envelope sender. */
  sender: string
  recipient: string
  authenticated: boolean
  direction: Direction
}

export type { ListExplanation }

/** Which entry decides about such a message, and why the others do not. */
export function checkLists(ctx: Context, login: Login, check: ListCheck): ListExplanation {
  // The null sender has no address (RFC 5321 §4.5.5).
  const senders = check.sender === '' ? [] : [check.sender]
  for (const address of [...senders, check.recipient])
    if (canonicalAddress(address) === null)
      throw new Refused('invalid', `'${address}' is not an address.`)
  const owner = check.direction === 'out' ? check.sender : check.recipient
  const scope = ownMail(login, owner)
  ctx.follower.lists.catchUp()
  const { allow_needs_auth } = settingsFor(ctx, ctx.store.views, scope)
  return explainLists(ctx.filter.masks, { ...check, allowNeedsAuth: allow_needs_auth })
}
