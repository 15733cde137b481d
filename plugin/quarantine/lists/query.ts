// What is asked of the lists: the same of a message on its way (screen), of one in a file (examine), and of
// what a person types (check).
import type { ListQuery } from '../../filter/lists.ts'
import { canonicalAddress, domainOf } from '../../address.ts'
import type { Authors, Direction, Proofs, Scope } from '../../mail.ts'
import type { Settings } from '../../settings.ts'

export interface Asked {
  from: Authors
  /** Envelope sender. */
  sender: string
  recipient: string
  proofs: Proofs
  direction: Direction
  /** Whose lists are asked, with those above. */
  scope: Scope
  /** Domains that are this one's. */
  own: readonly string[]
}

/** `settings`: of the scope whose lists are asked. */
export function listQuery(
  settings: Pick<Settings, 'allow_needs_auth' | 'organization_is_own'>,
  { from, sender, recipient, proofs, direction, scope, own }: Asked,
): ListQuery {
  const { allow_needs_auth } = settings
  return {
    from,
    sender,
    recipient,
    proofs,
    // A client that may relay has proven who it is; nobody signs or checks its mail before us.
    allowNeedsAuth:
      direction === 'in' &&
      (allow_needs_auth === 'yes' || (allow_needs_auth === 'auto' && proofs.checked)),
    organizationIsOwn: settings.organization_is_own,
    scope,
    own,
  }
}

/** Proofs of a message whose author and envelope sender are taken for proven. */
export function provenAs({ author }: Authors, sender: string): Proofs {
  const domain = (address: string | null): string | null => {
    const form = address === null ? null : canonicalAddress(address)
    return form === null ? null : domainOf(form)
  }
  const [from, envelope] = [domain(author), domain(sender)]
  return {
    dkim: from === null ? [] : [from],
    spf: envelope === null ? null : { scope: 'mfrom', domain: envelope },
    checked: true,
  }
}

/** Haraka plugins that prove where mail comes from. */
const PROVING = /^(?:haraka-plugin-)?(?:spf|dkim|dkim_verify)$/

/** Whether one of these plugins, as config/plugins names them, does. */
export function proofsAreChecked(plugins: readonly string[]): boolean {
  return plugins.some((name) => PROVING.test(name))
}
