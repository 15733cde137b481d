// The verbs of the outbox. A worker claims a wanted release, hands it to the outbound queue under the
// claim's token, and records each outcome. A crash between any two steps is told apart by that token:
// the queue has it, or it does not.
import { randomUUID } from 'node:crypto'
import { FLAG, type Item, type Release, type ReleaseState, type Route } from '../../mail.ts'
import { applyEdit } from '../../mime/edit.ts'
import { decode } from '../../store/codec.ts'
import { getItem } from '../../store/items.ts'
import { getPlace } from '../../store/places.ts'
import type { Tx } from '../../store/store.ts'
import { DAY } from '../../time.ts'
import { write, type Context } from '../context.ts'
import { flagsOf } from '../folders/flags.ts'
import { ACTION_FOLDERS, type FolderId } from '../folders/folders.ts'
import { rawIn } from '../folders/contents.ts'
import { deliverNotice } from './notice.ts'
import { passMark } from './pass-mark.ts'
import { settingsFor } from '../settings.ts'

/** What a worker hands to the outbound queue. */
export interface ReleaseJob {
  item: number
  /** Travels in the notes of the queue file. */
  token: string
  sender: string
  recipient: string
  route: Route | null
  /** The message as it was received; of a split item, with its own header fields. */
  raw: Buffer
  /** Value of the X-Lazaret-Release field, put in front. */
  passMark: string
  /** True for mail whose failure its own sender must hear of (split, outgoing): it bounces as usual. */
  ordinary: boolean
  /** True for mail of our own people to the world, which is signed on its way out. */
  outgoing: boolean
}

interface OutboxEntry {
  state: ReleaseState
  token: string
  worker: string
}

export interface OpenRelease extends OutboxEntry {
  item: number
}

/** All releases without a final outcome. */
export function openReleases(ctx: Context): OpenRelease[] {
  const open: OpenRelease[] = []
  for (const { key, value } of ctx.store.views.outbox.range({}))
    open.push({ item: key, ...decode<OutboxEntry>(value) })
  return open
}

/** Claims one wanted release for `worker`; null when another worker was faster or it was taken back. */
export async function claim(
  ctx: Context,
  id: number,
  worker: string,
): Promise<ReleaseJob[] | null> {
  return await write(ctx, { actor: 'system' }, (tx) => {
    const item = getItem(tx.views, id)
    if (!item || item.release?.state !== 'wanted') return null
    const token = randomUUID()
    record(tx, item, 'claimed', { token, worker })
    return jobsOf(ctx, tx, item, token)
  })
}

function jobsOf(ctx: Context, tx: Tx, item: Item, token: string): ReleaseJob[] {
  // Its own copy: the transaction's memory is LMDB's.
  const raw = applyEdit(rawIn(tx.views, item), item.edit)
  return item.recipients.map((recipient) => ({
    item: item.id,
    token,
    sender: item.sender,
    recipient,
    route: item.route,
    raw,
    passMark: passMark(ctx, item.id, recipient, raw),
    ordinary: item.kind === 'split' || item.direction === 'out',
    outgoing: item.direction === 'out',
  }))
}

/**
 * Takes over a claim of `from`, a worker that is dead; its jobs, under the same token. Null when another
 * worker was faster, or the release went on.
 */
export async function takeOver(
  ctx: Context,
  id: number,
  from: string,
  worker: string,
): Promise<ReleaseJob[] | null> {
  return await write(ctx, { actor: 'system' }, (tx) => {
    const item = getItem(tx.views, id)
    if (item?.release?.state !== 'claimed' || item.release.worker !== from) return null
    const { token } = item.release
    if (from !== worker) record(tx, item, 'claimed', { token, worker })
    return jobsOf(ctx, tx, item, token)
  })
}

/** A claim whose worker died before the queue had the message: it is wanted again. */
export async function unclaim(ctx: Context, id: number, token: string): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const item = claimed(tx, id, token)
    if (item?.release?.state === 'claimed') record(tx, item, 'wanted', { token: randomUUID() })
  })
}

/**
 * Records an outcome reported by the outbound queue. Reports of another attempt, and reports after the
 * final one, change nothing.
 */
export async function report(
  ctx: Context,
  id: number,
  token: string,
  state: 'queued' | 'deferred' | 'delivered' | 'failed',
  reply: string,
): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const item = claimed(tx, id, token)
    if (!item?.release) return
    const now = item.release.state
    if (now === 'delivered' || now === 'failed') return
    if (state === 'queued' && now !== 'claimed') return
    if (state === 'deferred' && now === 'deferred' && item.release.reply === reply) return
    record(tx, item, state, { token, reply: oneLine(reply) })
    mark(tx, id, state)
    if (state === 'failed' && item.kind === 'held' && item.direction === 'in') comeBack(ctx, tx, id)
  })
}

/** Keywords that tell a mail client how a release stands. */
const OUTCOME: Partial<Record<ReleaseState, string>> = {
  queued: '$ReleaseQueued',
  deferred: '$ReleaseDeferred',
  delivered: '$ReleaseDelivered',
  failed: '$ReleaseFailed',
}
const OUTCOMES = new Set(Object.values(OUTCOME).map((word) => word.toLowerCase()))

function mark(tx: Tx, id: number, state: ReleaseState): void {
  const item = getItem(tx.views, id)
  for (const key of item?.places ?? []) {
    const place = getPlace(tx.views, key)
    if (!item || !place) continue
    const before = flagsOf(tx, place)
    const keywords = before.keywords.filter((word) => !OUTCOMES.has(word.toLowerCase()))
    const word = OUTCOME[state]
    if (word) keywords.push(word)
    const flags = { system: before.system, keywords }
    const { scope } = item
    const [uid, folder] = key
    tx.append({ type: 'flags', groups: [{ scope, folder, uids: [uid], flags }] })
  }
}

/** A release that failed for good returns to where it was caught, and INBOX says why. */
function comeBack(ctx: Context, tx: Tx, id: number): void {
  const item = getItem(tx.views, id)
  if (!item) return
  const { retention_days } = settingsFor(ctx, tx.views, item.scope)
  const due = tx.at + retention_days * DAY
  for (const key of item.places) {
    const place = getPlace(tx.views, key)
    if (!place || !ACTION_FOLDERS.includes(place.folder as FolderId)) continue
    const { system, keywords } = flagsOf(tx, place)
    tx.append({
      type: 'move',
      uid: place.uid,
      scope: item.scope,
      from: place.folder,
      folder: item.home,
      // Unread and flagged: somebody has to look at it.
      flags: { system: (system & ~FLAG.seen & ~FLAG.deleted) | FLAG.flagged, keywords },
      due,
    })
    break
  }
  deliverNotice(ctx, tx, item.scope, {
    subject: 'A released message could not be delivered',
    text: [
      `The message from ${item.sender || 'the null sender'} to ${item.recipients.join(', ')} was released,`,
      'but the receiving server refused it for good. It said:',
      '',
      `    ${item.release?.reply ?? ''}`,
      '',
      `The message is back in the folder "${homeName(ctx, item)}". You can release it again once the`,
      'receiving server takes it.',
    ],
  })
}

function homeName(ctx: Context, item: Item): string {
  return item.home === 'outgoing' ? ctx.config.folders.outgoing : ctx.config.folders.caught
}

function record(
  tx: Tx,
  item: Item,
  state: ReleaseState,
  change: Partial<Pick<Release, 'token' | 'worker' | 'reply'>>,
): void {
  const { token = '', worker = '', reply = '' } = change
  tx.append({ type: 'release', item: item.id, state, token, worker, reply })
}

function claimed(tx: Tx, id: number, token: string): Item | null {
  const item = getItem(tx.views, id)
  return item?.release?.token === token ? item : null
}

/** A reply comes from a foreign server: one line, printable, bounded. */
function oneLine(reply: string): string {
  return reply
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 500)
}
