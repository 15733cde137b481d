// What people ask of the digest of an address: how it stands, what it would be, and one now.
import { Refused } from '../../errors.ts'
import type { DigestState, Login, Scope } from '../../mail.ts'
import { getDigest, OPEN_DIGEST } from '../../store/digests.ts'
import { MINUTE } from '../../time.ts'
import type { Context } from '../context.ts'
import { by, ownScope } from '../eyes.ts'
import { knownSettings } from '../known.ts'
import { shown, type Shown } from './compose.ts'
import { digestOf, makeDigest, newContent, type Made } from './make.ts'
import { planOf, slotAfter } from './when.ts'

/** A person may ask for one so often, in ms. */
const AGAIN = MINUTE

/** How the digest of an address stands. */
export interface DigestStatus {
  scope: Scope
  /** As the setting `digest`. */
  every: string
  /** Unix time in ms of the next; null: none comes. */
  next: number | null
  /** Messages that it would tell of now. */
  waiting: number
  /** The last one; null: there was none. */
  last: { at: number; items: number; state: DigestState; reply: string } | null
  /** What keeps its links away, in a sentence; null: it has links. */
  note: string | null
}

export interface DigestPreview extends Shown {
  /** Messages that it tells of. */
  count: number
}

export async function digestStatus(ctx: Context, login: Login, of: Scope): Promise<DigestStatus> {
  const scope = addressOf(ctx, login, of)
  const { store, config } = ctx
  const settings = knownSettings(ctx, scope)
  const record = getDigest(store.views, scope)
  const plan = planOf(settings)
  const { count } = await newContent(ctx, scope, settings, record)
  return {
    scope,
    every: settings.digest,
    next: plan && slotAfter(store.clock.now(), plan),
    waiting: count,
    last: record && {
      at: record.at,
      items: record.items,
      state: record.state,
      reply: record.reply,
    },
    note: config.digest.url === '' ? NO_URL : null,
  }
}

/** As it would be now; its links do nothing. `all`: also what was told before. */
export async function previewDigest(
  ctx: Context,
  login: Login,
  of: Scope,
  { all = false } = {},
): Promise<DigestPreview> {
  const scope = addressOf(ctx, login, of)
  const { store } = ctx
  const settings = knownSettings(ctx, scope)
  const old = all ? null : getDigest(store.views, scope)
  const content = await newContent(ctx, scope, settings, old)
  const at = store.clock.now()
  const about = digestOf(ctx, scope, settings, content, { id: null, at, old })
  return { ...shown(about), count: content.count }
}

/** Sends one now. `all`: also what was told before. */
export async function sendDigest(
  ctx: Context,
  login: Login,
  of: Scope,
  { all = false } = {},
): Promise<Made> {
  const scope = addressOf(ctx, login, of)
  const { store } = ctx
  const old = getDigest(store.views, scope)
  if (old && OPEN_DIGEST.has(old.state))
    throw new Refused('conflict', `The last digest for ${scope} is still on its way.`)
  if (old && Math.abs(store.clock.now() - old.at) < AGAIN)
    throw new Refused(
      'limit',
      `The last digest for ${scope} was made less than a minute ago; wait a moment.`,
    )
  const settings = knownSettings(ctx, scope)
  const { count } = await newContent(ctx, scope, settings, all ? null : old)
  if (count === 0) throw new Refused('impossible', nothing(scope, old !== null && !all))
  const made = await makeDigest(ctx, scope, { ...by(login), all })
  if (made) return made
  throw new Refused(
    'conflict',
    settings.digest_to === 'inbox'
      ? `The digest of ${scope} goes into its INBOX here alone (digest_to), and ${scope} has no account: there is nowhere to put it.`
      : `A digest for ${scope} was made at the same moment; look at that one.`,
  )
}

function addressOf(ctx: Context, login: Login, of: Scope): Scope {
  const scope = ownScope(ctx, login, of, 'digests')
  if (!scope.includes('@'))
    throw new Refused(
      'invalid',
      'A digest is of one address: name it, such as user@example.com. Settings of a domain hold for all its addresses.',
    )
  return scope
}

const NO_URL =
  'Digests have no links, since digest.url in lazaret.ini is empty: they tell how to use a mail client.'

const nothing = (scope: Scope, since: boolean): string =>
  since
    ? `Nothing was held for ${scope} since its last digest; ask for all that is held to get that again.`
    : `Nothing is held for ${scope}.`
