// The queue of digests that go by mail. A worker claims one, hands it to Haraka's outbound queue, and records what became
// of it; the id of the digest, which travels with the queue file, tells a crash between two steps apart.
import { unlessDamaged } from '../../errors.ts'
import type { DigestState, Scope } from '../../mail.ts'
import { parseHeader } from '../../mime/headers.ts'
import { getBlob } from '../../store/blobs.ts'
import { getDigest, OPEN_DIGEST, openDigests, type DigestRecord } from '../../store/digests.ts'
import type { Tx } from '../../store/store.ts'
import { write, type Context } from '../context.ts'
import { PASS_MARK_FIELD, PassMark } from '../release/pass-mark.ts'

/** What names one on its way. */
export interface Underway {
  scope: Scope
  id: string
}

/** What is handed over: the message, and the field in front of it by which no filter of ours stops it. */
export interface DigestJob extends Underway {
  front: Buffer
  bytes: Buffer
}

/** Digests that are not mailed yet, or of which the outcome is not known. */
export function underway(ctx: Context): (DigestRecord & { scope: Scope })[] {
  const { views } = ctx.store
  return openDigests(views).flatMap((scope) => {
    const record = getDigest(views, scope)
    return record ? [{ ...record, scope }] : []
  })
}

/** Claims one that waits; false: another worker was faster. */
export async function claimDigest(ctx: Context, one: Underway, worker: string): Promise<boolean> {
  return await step(ctx, one, ['wanted'], { state: 'claimed', worker })
}

/** It could not be handed over: it waits again. */
export async function unclaimDigest(ctx: Context, one: Underway): Promise<void> {
  await step(ctx, one, ['claimed'], { state: 'wanted' })
}

/** What a claimed one is; null: its message is damaged, and it is given up. */
export async function digestJob(ctx: Context, one: Underway): Promise<DigestJob | null> {
  const record = getDigest(ctx.store.views, one.scope)
  const bytes = record?.id === one.id && record.blob !== null ? blobOf(ctx, record.blob) : null
  if (!record || !bytes) {
    await digestOver(ctx, one, 'failed', 'its message is damaged on the disk')
    return null
  }
  const header = parseHeader(bytes)
  const mark = new PassMark(ctx, record.seq, one.scope, header)
  mark.add(bytes.subarray(header.end))
  return { ...one, bytes, front: Buffer.from(`${PASS_MARK_FIELD}: ${mark.value()}\r\n`) }
}

function blobOf(ctx: Context, name: string): Buffer | null {
  return unlessDamaged(() => {
    const bytes = getBlob(ctx.store.views, name)
    return bytes && Buffer.from(bytes)
  })
}

/** The outbound queue has it; `sending`: a next hop is being given it. False: this queue file is of no use any more. */
export async function digestMoved(
  ctx: Context,
  one: Underway,
  state: 'queued' | 'sending',
): Promise<boolean> {
  return await step(ctx, one, ['claimed', 'queued', 'sending', 'wanted'], { state })
}

/** The next hop has it, will never have it, or nobody knows. */
export async function digestOver(
  ctx: Context,
  one: Underway,
  state: 'sent' | 'failed' | 'unknown',
  reply: string,
): Promise<void> {
  await step(ctx, one, ['wanted', 'claimed', 'queued', 'sending'], { state, reply })
}

/**
 * What a dead worker left: it waits again unless the outbound queue has it. `seen`: its record; `has`: the ids of which
 * there was a queue file after that was read.
 */
export async function reclaimDigest(
  ctx: Context,
  seen: DigestRecord & Underway,
  has: ReadonlySet<string>,
): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const record = mine(tx, seen)
    if (!record || !OPEN_DIGEST.has(record.state) || seen.state === 'wanted') return
    if (has.has(seen.id)) {
      if (record.state === 'claimed') append(tx, seen, { state: 'queued' })
      return
    }
    if (seen.state === 'claimed') {
      // Somebody else may have taken it up meanwhile.
      if (record.state === 'claimed' && record.worker === seen.worker)
        append(tx, seen, { state: 'wanted' })
      return
    }
    // Behind `sending` the next hop may have it: whoever may have it gets no second one.
    const state = record.state === 'sending' ? 'unknown' : 'failed'
    append(tx, seen, { state, reply: LOST[state] })
  })
}

const LOST = {
  unknown: 'The outbound queue no longer has it; whether it was delivered is not known.',
  failed: 'The outbound queue no longer has it, and it was not delivered.',
}

interface Next {
  state: DigestState
  worker?: string
  reply?: string
}

async function step(
  ctx: Context,
  one: Underway,
  from: readonly DigestState[],
  next: Next,
): Promise<boolean> {
  return await write(ctx, { actor: 'system' }, (tx) => {
    const record = mine(tx, one)
    if (!record || !from.includes(record.state)) return false
    if (record.state !== next.state) append(tx, one, next)
    return true
  })
}

function mine(tx: Tx, { scope, id }: Underway): DigestRecord | null {
  const record = getDigest(tx.views, scope)
  return record?.id === id ? record : null
}

function append(tx: Tx, { scope, id }: Underway, next: Next): void {
  const { state, reply = '' } = next
  // Whose queue has it is known for as long as it may be there.
  const isQueued = state === 'queued' || state === 'sending'
  const { worker = isQueued ? (getDigest(tx.views, scope)?.worker ?? '') : '' } = next
  tx.append({ type: 'digest', scope, id, state, worker, reply })
}
