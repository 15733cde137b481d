// The view of reports to central systems that are on their way. What was told of an item stands with the item.
import type { Label, ReportState, ReportTarget } from '../mail.ts'
import { decode, NO_SEQ } from './codec.ts'
import type { Views } from './env.ts'

export interface OpenReport {
  id: string
  state: Exclude<ReportState, 'sent' | 'failed' | 'dropped'>
  vote: Label | null
  /** Unique per statement: of two that arrive under one token, one counts. */
  token: string
  /** Who is at it: `pid:start`; `''`: nobody. */
  worker: string
  /** Unix time in ms at which it was asked for. */
  since: number
}

export const OPEN_STATES: ReadonlySet<ReportState> = new Set<ReportState>([
  'wanted',
  'claimed',
  'queued',
  'sending',
])

export function getReport(views: Views, target: ReportTarget, item: number): OpenReport | null {
  const bytes = views.reports.get([target, item])
  return bytes ? decode<OpenReport>(bytes) : null
}

/** Those of one target that are not over, by item, from one on. */
export function* openReports(
  views: Views,
  target: ReportTarget,
  from = 0,
): Generator<OpenReport & { item: number }> {
  const range = { start: [target, from], end: [target, NO_SEQ] }
  for (const { key, value } of views.reports.range(range))
    yield { item: (key as [string, number])[1], ...decode<OpenReport>(value) }
}
