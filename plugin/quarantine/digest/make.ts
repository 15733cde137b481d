// Makes a digest: it is written first, and in one decision becomes what was told to its address. Two that are made at one
// time, in any processes, are one.
import { randomBytes } from 'node:crypto'
import { domainOf } from '../../address.ts'
import type { Scope } from '../../mail.ts'
import { parseStructure } from '../../mime/structure.ts'
import { getDigest, OPEN_DIGEST, type DigestRecord } from '../../store/digests.ts'
import { getAccount } from '../../store/events/index.ts'
import type { Settings } from '../../settings.ts'
import { DAY, SECOND } from '../../time.ts'
import { write, type Context, type Writing } from '../context.ts'
import { summarizer } from '../folders/summary.ts'
import { depositNotice } from '../notices/deliver.ts'
import { knownSettings } from '../known.ts'
import type { Digest, Links } from './about.ts'
import { compose } from './compose.ts'
import { contentOf, type Content, type DigestRow } from './content.ts'
import { digestTexts, writtenIn } from './texts.ts'
import { ACTS, writeToken } from './token.ts'
import { zoneOf } from './when.ts'

/** Days for which a mail that somebody kept can still stop the next ones. */
const STOP_DAYS = 365

export interface Made {
  scope: Scope
  id: string
  items: number
  /** It goes by mail. */
  mailed: boolean
  /** It lies in INBOX. */
  inbox: boolean
}

export interface Making extends Writing {
  /** Unix time in ms of the period that it ends; absent: a person asked for it. */
  slot?: number
  /** Who mails it at once; absent: whoever hears of it. */
  worker?: string
  /** Also what was told before. */
  all?: boolean
}

/** Null: there is nothing new, or somebody else was faster. */
export async function makeDigest(
  ctx: Context,
  scope: Scope,
  { slot, worker = '', all = false, ...options }: Making,
): Promise<Made | null> {
  const old = getDigest(ctx.store.views, scope)
  const settings = knownSettings(ctx, scope)
  const content = await newContent(ctx, scope, settings, all ? null : old)
  if (content.count === 0) return null
  const { views } = ctx.store
  const at = ctx.store.clock.now()
  const id = randomBytes(8).toString('hex')
  const about = digestOf(ctx, scope, settings, content, { id, at, old: all ? null : old })
  const bytes = await compose(about)
  const summary = summarizer(parseStructure(bytes))
  const mailed = settings.digest_to !== 'inbox'
  // Nobody else reads an INBOX.
  const inbox = settings.digest_to !== 'mail' && getAccount(views, scope) !== null
  if (!mailed && !inbox) return null
  return await write(ctx, options, (tx) => {
    const now = getDigest(tx.views, scope)
    if (now?.id !== old?.id || (now && OPEN_DIGEST.has(now.state))) return null
    const blob = tx.blob(bytes, summary)
    const state = !mailed ? 'told' : worker === '' ? 'wanted' : 'claimed'
    const upto = Math.max(content.upto, now?.upto ?? 0)
    const made = { ...(slot !== undefined && { slot }), upto, items: content.count }
    // Its links are for this person.
    if (inbox) depositNotice(tx, scope, { blob, size: bytes.length, own: true })
    tx.append({
      type: 'digest',
      scope,
      id,
      state,
      worker,
      reply: '',
      made: { ...made, blob: mailed ? blob : null },
    })
    return { scope, id, items: content.count, mailed, inbox }
  })
}

/** What there is to tell. `old`: the digest before; null: all that lies there. */
export async function newContent(
  ctx: Context,
  scope: Scope,
  { language }: Settings,
  old: DigestRecord | null,
): Promise<Content> {
  return await contentOf(ctx, scope, old?.upto ?? 0, digestTexts(language))
}

/** `id`: null where nothing of it may be used, as in a preview. */
export function digestOf(
  ctx: Context,
  scope: Scope,
  settings: Settings,
  content: Content,
  { id, at, old }: { id: string | null; at: number; old: DigestRecord | null },
): Digest {
  const { digest, folders } = ctx.config
  return {
    scope,
    id: id ?? '',
    at,
    from: digest.from || `postmaster@${domainOf(scope)}`, // RFC 5321 §4.5.1: there is one
    content,
    texts: digestTexts(settings.language),
    language: writtenIn(settings.language),
    zone: zoneOf(settings.time_zone),
    since: old?.at ?? null,
    folders,
    every: settings.digest,
    links: linksOf(ctx, scope, settings, { id, at }),
  }
}

/** What links may do, by the setting digest_links: a sum of ACTS. */
export function actsOf({ digest_links: may }: Pick<Settings, 'digest_links'>): number {
  return MAY[may]
}

const MAY: Record<Settings['digest_links'], number> = {
  none: 0,
  release: ACTS.release,
  train: ACTS.release | ACTS.releaseAndTrain,
  all: ACTS.release | ACTS.releaseAndTrain | ACTS.allow | ACTS.block,
}

/** Below the address of lazaret/http. */
export const LINK_PATH = '/digest'

function linksOf(
  ctx: Context,
  scope: Scope,
  settings: Settings,
  { id, at }: { id: string | null; at: number },
): Links | null {
  const { url, link_days: days } = ctx.config.digest
  if (url === '') return null
  const acts = actsOf(settings)
  const link = (token: string): string => `${url}${LINK_PATH}/${token}`
  const sign = (kind: 'item' | 'stop', item: number, until: number): string =>
    id === null
      ? link('...')
      : link(
          writeToken(ctx, {
            kind,
            scope,
            item,
            acts: kind === 'item' ? acts : 0,
            until: Math.ceil(until / SECOND),
            digest: id,
          }),
        )
  const untilOf = ({ expires }: DigestRow): number =>
    expires > 0 ? Math.min(expires, at + days * DAY) : at + days * DAY
  return {
    page: `${url}/`,
    item: acts === 0 ? null : (row) => sign('item', row.item, untilOf(row)),
    stop: sign('stop', 0, at + STOP_DAYS * DAY),
    days,
  }
}
