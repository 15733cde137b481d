// The verbs of the queue of reports. A worker claims one, sends it, and records what became of it; the token of the
// statement tells a crash between two steps apart, and lets the receiver count it once.
import type { Label, ReportState, ReportTarget } from '../../mail.ts'
import { getItem } from '../../store/items.ts'
import { getReport, openReports, type OpenReport } from '../../store/reports.ts'
import type { Tx } from '../../store/store.ts'
import { DAY, SECOND } from '../../time.ts'
import { write, type Context } from '../context.ts'
import { settle, targetsOf, toldOf } from './want.ts'

/** What a worker sends. */
export interface ReportJob {
  item: number
  target: ReportTarget
  id: string
  token: string
  vote: Label | null
  /** What the target had been told before. */
  before: Label | null
  /** Seq of the claim. */
  seq: number
}

export type Named = Pick<ReportJob, 'item' | 'target' | 'token'>

/** One on its way. */
export type Moving = Omit<ReportJob, 'id' | 'seq'>

/** The next report for a target that waits, and when it may go (Unix ms by this machine's clock); null: there is none. */
export function nextReport(
  ctx: Context,
  target: ReportTarget,
): { item: number; at: number } | null {
  if (!targetsOf(ctx.config.report).includes(target)) return null
  const wall = Date.now()
  const now = ctx.store.clock.now(wall)
  let next: { item: number; at: number } | null = null
  for (const open of openReports(ctx.store.views, target)) {
    if (open.state !== 'wanted') continue
    const at = dueAt(ctx, open, now) - (now - wall)
    if (!next || at < next.at) next = { item: open.item, at }
    if (at <= wall) break
  }
  return next
}

function dueAt(ctx: Context, { since, vote }: OpenReport, now: number): number {
  // What was said in error is set right at once.
  const delay = vote === null ? 0 : ctx.config.report.delay * SECOND
  // Asked for by a clock that was ahead: it has waited.
  return since - now > delay ? 0 : since + delay
}

/**
 * Claims one that waits. Null: another worker was faster, or it was taken back; `over`: it waited for too long, and is
 * given up. `reaches`: once claimed, it may reach the target at any moment.
 */
export async function claimReport(
  ctx: Context,
  { item: id, target }: { item: number; target: ReportTarget },
  worker: string,
  { reaches }: { reaches: boolean },
): Promise<ReportJob | 'over' | null> {
  return await write(ctx, { actor: 'system' }, (tx) => {
    const open = getReport(tx.views, target, id)
    if (open?.state !== 'wanted' || dueAt(ctx, open, tx.at) > tx.at) return null
    const before = toldOf(getItem(tx.views, id), target)
    const { id: name, token, vote } = open
    if (tx.at - open.since > ctx.config.report.give_up_days * DAY) {
      const reply = ctx.store.beside.targetState(target)?.error ?? ''
      record(tx, open, { item: id, target, state: 'failed', told: before, reply })
      return 'over'
    }
    const told = reaches ? vote : before
    const seq = record(tx, open, { item: id, target, state: 'claimed', told, worker })
    return { item: id, target, id: name, token, vote, before, seq }
  })
}

/** It was not taken: it waits again. `maybe`: it may have been after all. */
export async function reportAgain(ctx: Context, job: ReportJob, maybe: boolean): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const told = maybe ? job.vote : job.before
    const open = mine(tx, job)
    if (open) record(tx, open, { ...job, state: 'wanted', told })
    // Thought better of meanwhile: what that came to rested on this one's success.
    else if (!maybe && toldOf(getItem(tx.views, job.item), job.target) === job.vote)
      settle(ctx, tx, job.item, job.target, told)
  })
}

/** The outbound queue has it on its disk, or has it again; `sending`: its next hop is asked to take it. False: it was taken back. */
export async function reportState(
  ctx: Context,
  { before, ...job }: Moving,
  state: 'queued' | 'sending',
): Promise<boolean> {
  return await write(ctx, { actor: 'system' }, (tx) => {
    const open = mine(tx, job)
    if (!open) return false
    const told = state === 'sending' ? job.vote : before
    if (open.state !== state) record(tx, open, { ...job, state, told })
    return true
  })
}

/** The target has it, or will never have it. */
export async function reportOver(
  ctx: Context,
  { before, ...job }: Moving,
  state: 'sent' | 'failed',
  reply: string,
): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const open = mine(tx, job)
    const told = state === 'sent' ? job.vote : before
    if (open) record(tx, open, { ...job, state, told, reply })
  })
}

/** Claims of workers that are dead wait again, under the same token. `has`: tokens that the outbound queue has. */
export async function reclaim(
  ctx: Context,
  job: Named,
  has: ReadonlySet<string>,
  isAlive: (worker: string) => boolean,
): Promise<void> {
  await write(ctx, { actor: 'system' }, (tx) => {
    const open = mine(tx, job)
    if (!open || open.state === 'wanted') return
    const told = toldOf(getItem(tx.views, job.item), job.target)
    if (open.state === 'claimed' && !isAlive(open.worker))
      record(tx, open, { ...job, state: has.has(job.token) ? 'queued' : 'wanted', told })
    else if (open.state !== 'claimed' && !has.has(job.token))
      record(tx, open, { ...job, state: 'failed', told: open.vote, reply: LOST })
  })
}

const LOST = 'The outbound queue no longer has it; whether it was delivered is not known.'

/** All that are under way: claimed, queued, being sent. In pieces: `after` is the item behind which to go on. */
export function underway(
  ctx: Context,
  target: ReportTarget,
  after: number,
  limit: number,
): { found: (OpenReport & Named)[]; last: number | null } {
  const found: (OpenReport & Named)[] = []
  let [seen, last]: [number, number | null] = [0, null]
  for (const open of openReports(ctx.store.views, target, after + 1)) {
    if (open.state !== 'wanted') found.push({ ...open, target })
    if (++seen === limit) {
      last = open.item
      break
    }
  }
  return { found, last }
}

function mine(tx: Tx, { item, target, token }: Named): OpenReport | null {
  const open = getReport(tx.views, target, item)
  return open?.token === token ? open : null
}

function record(
  tx: Tx,
  { id, vote, token, worker: before }: OpenReport,
  {
    item,
    target,
    state,
    told,
    // Whose queue has it is known for as long as it may be there.
    worker = state === 'queued' || state === 'sending' ? before : '',
    reply = '',
  }: {
    item: number
    target: ReportTarget
    state: ReportState
    told: Label | null
    worker?: string
    reply?: string
  },
): number {
  return tx.append({ type: 'report', item, target, id, state, vote, told, token, worker, reply })
}
