// What the lists say about a sender, with the reasons: for people who wonder.
import { canonicalAddress } from '../../address.ts'
import { explainLists, type ListExplanation } from '../../filter/lists.ts'
import { Refused } from '../../errors.ts'
import type { Direction, Login, Proofs } from '../../mail.ts'
import { authorsOf } from '../../mime/authors.ts'
import { parseHeader } from '../../mime/headers.ts'
import type { Context } from '../context.ts'
import { ownMail } from '../eyes.ts'
import { domainsOf, ownerOf } from '../owner.ts'
import { settingsFor } from '../settings.ts'
import { listQuery, provenAs } from './query.ts'

export interface ListCheck {
  /** The value of a From field, or a whole message: read as the gateway reads it. */
  from: { value: string } | { message: Buffer }
  /** Envelope sender; '' for none. */
  sender: string
  recipient: string
  /** `all`: as if author and envelope sender were proven. */
  proofs: Proofs | 'all'
  direction: Direction
}

export type { ListExplanation }

/** Which entry decides about such a message, and why the others do not. */
export function checkLists(ctx: Context, login: Login, check: ListCheck): ListExplanation {
  const { sender, recipient, direction } = check
  // The null sender has no address (RFC 5321 §4.5.5).
  for (const address of [...(sender === '' ? [] : [sender]), recipient])
    if (canonicalAddress(address) === null)
      throw new Refused('invalid', `'${address}' is not an address.`)
  const scope = ownMail(ctx, login, direction === 'out' ? sender : recipient)
  ctx.follower.lists.catchUp()
  const from = authorsOf(parseHeader(headerOf(check.from)))
  const proofs = check.proofs === 'all' ? provenAs(from, sender) : check.proofs
  const settings = settingsFor(ctx, ctx.store.views, scope)
  return explainLists(
    ctx.filter.masks,
    listQuery(settings, {
      from,
      sender,
      recipient,
      proofs,
      direction,
      scope,
      own: domainsOf(ctx, ownerOf(ctx, recipient)),
    }),
  )
}

function headerOf(from: ListCheck['from']): Buffer {
  return 'message' in from ? from.message : Buffer.from(`From: ${from.value}\r\n\r\n`)
}
