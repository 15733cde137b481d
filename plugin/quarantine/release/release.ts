// The verbs of the outbox. A worker claims a wanted release, hands it to the outbound queue under the
// claim's token, and records each outcome. A crash between any two steps is told apart by that token:
// the queue has it, or it does not.
import { randomUUID } from 'node:crypto'
import { unlessDamaged } from '../../errors.ts'
import type { Asked, Client, Item, ReleaseState, Route } from '../../mail.ts'
import { decode } from '../../store/codec.ts'
import { getItem, stageOf } from '../../store/items.ts'
import type { Views } from '../../store/env.ts'
import type { Tx } from '../../store/store.ts'
import { SECOND } from '../../time.ts'
import { write, type Context } from '../context.ts'
import { checked, examine, messageOf, type Examined, type Message } from './content.ts'
import {
  claimed,
  giveUp,
  mark,
  NOBODY,
  openRecipients,
  outcome,
  record,
  type Told,
} from './outcome.ts'
import { settingsFor } from '../settings.ts'

/** What a worker hands to the outbound queue. */
export interface ReleaseJob extends Message {
  item: number
  /** Travels in the notes of the queue file. */
  token: string
  sender: string
  recipient: string
  route: Route | null
  client: Client | null
  asked: Asked
  /** Unix time in ms at which it was received. */
  at: number
  /** Reads all of it. */
  examine: () => Promise<Examined>
  /** A person released it: when it may have been delivered it is not sent again, and a person is told. */
  once: boolean
  /** Mail of our own people to the world: signed on its way out, and its sender hears of a failure. */
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
  await checked(ctx, id)
  return await write(ctx, { actor: 'system' }, (tx) => {
    const item = getItem(tx.views, id)
    if (!item || item.release?.state !== 'wanted') return null
    if (dueAt(ctx, tx.views, item, tx.at) > tx.at) return null
    const token = randomUUID()
    record(tx, item, 'claimed', { token, worker })
    return jobsOf(ctx, tx, id, token)
  })
}

/** Unix time in ms before which a wanted release can simply be taken back. */
function dueAt(ctx: Context, views: Views, item: Item, now: number): number {
  const { scope, release } = item
  if (!release || stageOf(item) === 'sent') return 0
  const delay = settingsFor(ctx, views, scope).release_delay * SECOND
  // Asked for by a clock that was ahead: it has waited.
  return release.at - now > delay ? 0 : release.at + delay
}

/** When a wanted release may be claimed, as this machine's clock will say it (Unix ms); null: it is not wanted. */
export function releaseDue(ctx: Context, id: number): number | null {
  const { views } = ctx.store
  const item = getItem(views, id)
  if (item?.release?.state !== 'wanted') return null
  const wall = Date.now()
  const now = ctx.store.clock.now(wall)
  return dueAt(ctx, views, item, now) - (now - wall)
}

const DAMAGED =
  'The message is damaged on the disk of this mail server: it is no longer what was received, and was not sent. Ask the administrator, or the sender to send it again.'

/** Null where the message is damaged: then its release has failed for good, and it comes back. */
function jobsOf(ctx: Context, tx: Tx, id: number, token: string): ReleaseJob[] | null {
  const item = getItem(tx.views, id)
  if (!item) return []
  const message = unlessDamaged(() => messageOf(ctx, tx, item))
  if (!message) {
    giveUp(ctx, tx, id, token, DAMAGED)
    return null
  }
  return openRecipients(item).map((recipient) => ({
    item: item.id,
    token,
    sender: item.sender,
    recipient,
    route: item.route,
    client: item.client ?? null,
    asked: item.asked ?? {},
    at: item.at,
    ...message,
    examine: () => examine(ctx, item.id, recipient, message),
    once: stageOf(item) !== 'sent',
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
  await checked(ctx, id)
  return await write(ctx, { actor: 'system' }, (tx) => {
    const item = getItem(tx.views, id)
    if (item?.release?.state !== 'claimed' || item.release.worker !== from) return null
    const { token } = item.release
    if (from !== worker) record(tx, item, 'claimed', { token, worker })
    return jobsOf(ctx, tx, id, token)
  })
}

/**
 * Takes over a release of `from`, a worker of another machine that is silent, whose queue nobody can look into: its jobs, under a new
 * token, so that what that queue still has is not sent. What may have been sent is not sent again: its person is told. Null when
 * there is nothing to send.
 */
export async function takeFrom(
  ctx: Context,
  id: number,
  from: string,
  worker: string,
): Promise<ReleaseJob[] | null> {
  await checked(ctx, id)
  return await write(ctx, { actor: 'system' }, (tx) => {
    const item = getItem(tx.views, id)
    if (!item?.release || item.release.worker !== from) return null
    const { state, token: old } = item.release
    if (state === 'sending') {
      giveUp(ctx, tx, id, old, SILENT)
      return null
    }
    if (state !== 'claimed' && state !== 'queued' && state !== 'deferred') return null
    const token = randomUUID()
    record(tx, item, 'claimed', { token, worker })
    return jobsOf(ctx, tx, id, token)
  })
}

const SILENT =
  'The mail server that was sending the message is gone: it may have been delivered or not. Ask the recipient before you release it again.'

/** A claim whose worker died before the queue had the message: it is wanted again. */
export async function unclaim(ctx: Context, id: number, token: string): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const item = claimed(tx, id, token)
    if (item?.release?.state === 'claimed') record(tx, item, 'wanted', { token: randomUUID() })
  })
}

/** The queue has all files of a claim on its disk. */
export async function queued(ctx: Context, id: number, token: string): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const item = claimed(tx, id, token)
    if (item?.release?.state !== 'claimed') return
    record(tx, item, 'queued', { token })
    mark(tx, id, 'queued')
  })
}

/**
 * The next hop has all of the message but its end: from here on nothing can be taken back. False: it was
 * taken back before; the end must not be sent.
 */
export async function sending(
  ctx: Context,
  id: number,
  token: string,
  recipient: string,
): Promise<boolean> {
  return await write(ctx, { actor: 'system' }, (tx) => {
    const item = claimed(tx, id, token)
    if (!item || !openRecipients(item).includes(recipient)) return false
    record(tx, item, 'sending', { token, recipient, outcome: 'sending' })
    return true
  })
}

/**
 * Records what became of a release for one recipient; null: for all whose outcome is open. Reports of another
 * attempt, and reports after a final one, change nothing.
 */
export async function report(
  ctx: Context,
  id: number,
  token: string,
  told: Told,
  reply: string,
  recipient: string | null = null,
): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const open = openRecipients(claimed(tx, id, token) ?? NOBODY)
    for (const one of open)
      if (recipient === null || recipient === one) outcome(ctx, tx, id, { one, token, told, reply })
  })
}
