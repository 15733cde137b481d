import type { Label, ReportState, ReportTarget } from '../../mail.ts'
import { encode } from '../codec.ts'
import type { Tables } from '../env.ts'
import { putItem } from '../items.ts'
import { getReport, OPEN_STATES, type OpenReport } from '../reports.ts'
import { mustItem, NONE, timeOf, type Kind, type Stamp } from './kind.ts'

/** How the report of an item's lesson to a central system stands: see mail.ts. */
export interface Report {
  type: 'report'
  item: number
  target: ReportTarget
  /** Names the report to that system; the same in what corrects it. */
  id: string
  state: ReportState
  /** What it shall be told; null: that what it was told does not hold any more. */
  vote: Label | null
  /** What it was told so far, or may have been. */
  told: Label | null
  token: string
  worker: string
  reply: string
}

export const report: Kind<Report> = {
  fold: (tables, event) => {
    const { item: id, target } = event
    if (OPEN_STATES.has(event.state))
      tables.reports.put([target, id], encode(openAfter(tables, event)))
    else tables.reports.remove([target, id])
    const item = mustItem(tables, id)
    const told = { ...item.reported?.told }
    delete told[target]
    if (event.told) told[target] = event.told
    putItem(tables, { ...item, reported: { id: event.id, told } })
  },
  changes: NONE,
  followed: 'outbox',
  blobs: NONE,
  gone: NONE,
  names: false,
}

function openAfter(tables: Tables, event: Report & Stamp): OpenReport {
  const { item, target, id, state, vote, token, worker } = event
  const old = getReport(tables, target, item)
  // One that is tried again waits since it was asked for.
  const since = old?.token === token ? old.since : timeOf(event)
  return { id, state: state as OpenReport['state'], vote, token, worker, since }
}
