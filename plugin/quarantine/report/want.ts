// What people say of messages is told to central systems: each lesson of an item is a report that waits, and what is
// thought better of before it was sent is not sent.
import { randomUUID } from 'node:crypto'
import type { Config } from '../../config.ts'
import { REPORT_TARGETS, type Item, type Label, type ReportTarget } from '../../mail.ts'
import { getItem } from '../../store/items.ts'
import { getReport } from '../../store/reports.ts'
import type { Tx } from '../../store/store.ts'
import type { Context } from '../context.ts'

/** Whom this server tells. */
export function targetsOf({ to, url }: Config['report']): ReportTarget[] {
  return REPORT_TARGETS.filter((target) => (target === 'mail' ? to : url) !== '')
}

/** Within the decision that taught: what the item counts as now is what they shall know. */
export function wantReports(ctx: Context, tx: Tx, id: number): void {
  for (const target of targetsOf(ctx.config.report)) settle(ctx, tx, id, target)
}

/** Appends what lies between what a target was told (`told`: or may have been) and what it shall know. */
export function settle(
  ctx: Context,
  tx: Tx,
  id: number,
  target: ReportTarget,
  told: Label | null = toldOf(getItem(tx.views, id), target),
): void {
  const item = getItem(tx.views, id)
  if (!item) return
  const vote = reportable(ctx.config, item) ? item.trained : null
  const open = getReport(tx.views, target, id)
  const same = told === toldOf(item, target)
  if (open ? open.vote === vote && same : vote === told && same) return
  const [state, token] =
    vote === told ? (['dropped', ''] as const) : (['wanted', randomUUID()] as const)
  const name = item.reported?.id ?? randomUUID()
  tx.append({
    type: 'report',
    item: id,
    target,
    id: name,
    state,
    vote,
    told,
    token,
    worker: '',
    reply: '',
  })
}

export const toldOf = (item: Item | null, target: ReportTarget): Label | null =>
  item?.reported?.told[target] ?? null

/** What came by mail; of what the filter said itself only where that is asked for. */
function reportable({ report }: Pick<Config, 'report'>, { kind, verdict, trained }: Item): boolean {
  if (kind === 'notice' || kind === 'plain') return false
  return report.confirmed || verdict?.class !== trained
}
