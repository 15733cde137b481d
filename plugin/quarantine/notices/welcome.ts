// The message that a new account finds in INBOX.
import type { Scope } from '../../mail.ts'
import { tierOf } from '../../scope.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { settingsFor } from '../settings.ts'
import { deliverNotice } from './deliver.ts'
import { textsIn } from './texts.ts'

/** Explains the folders, in the language of the scope. */
export function deliverWelcome(ctx: Context, tx: Tx, scope: Scope): void {
  const { config } = ctx
  const { language, retention_days, release_delay } = settingsFor(ctx, tx.views, scope)
  const letter = textsIn(language).welcome({
    tier: tierOf(scope),
    scope,
    folders: config.folders,
    trash: config.imap.trash,
    days: retention_days,
    hours: config.main.grace_hours,
    delay: release_delay,
  })
  deliverNotice(tx, scope, letter, { own: true })
}
