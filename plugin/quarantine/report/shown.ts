// The queue of reports, as an administrator sees it.
import {
  REPORT_TARGETS,
  type Label,
  type Login,
  type ReportState,
  type ReportTarget,
} from '../../mail.ts'
import { openReports } from '../../store/reports.ts'
import type { Context } from '../context.ts'
import { needAll } from '../eyes.ts'
import { targetsOf } from './want.ts'

export interface TargetShown {
  target: ReportTarget
  /** An address or a URL; null: nobody is told in this way (any more). */
  to: string | null
  /** How many wait or are under way. */
  waiting: number
  /** Unix time in ms since when the oldest of them waits; null: none does. */
  oldest: number | null
  /** Tries in a row that failed, why the last did, and when the next is due (Unix ms). */
  trouble: { failures: number; error: string; next: number } | null
  /** The first of those that wait. */
  first: { item: number; vote: Label | null; state: ReportState; since: number }[]
}

/** Shown of a queue. */
const FIRST = 20

export function reportQueue(ctx: Context, login: Login): TargetShown[] {
  needAll(login, 'look at the reports to central systems')
  const { report } = ctx.config
  const told = targetsOf(report)
  return REPORT_TARGETS.flatMap((target) => {
    const shown: TargetShown = {
      target,
      to: told.includes(target) ? (target === 'mail' ? report.to : report.url) : null,
      waiting: 0,
      oldest: null,
      trouble: null,
      first: [],
    }
    for (const { item, vote, state, since } of openReports(ctx.store.views, target)) {
      shown.waiting++
      shown.oldest = Math.min(shown.oldest ?? since, since)
      if (shown.first.length < FIRST) shown.first.push({ item, vote, state, since })
    }
    const state = ctx.store.beside.targetState(target)
    if (state) shown.trouble = { failures: state.failures, error: state.error, next: state.until }
    return shown.to === null && shown.waiting === 0 ? [] : [shown]
  })
}
