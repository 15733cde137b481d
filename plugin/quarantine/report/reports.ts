// The queue of reports, for the process that sends them.
import type { ReportTarget } from '../../mail.ts'
import type { TargetState } from '../../store/beside.ts'
import type { Context } from '../context.ts'
import * as queue from './queue.ts'
import { renderReport, type Reporter } from './render.ts'

export class Reports {
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  next(target: ReportTarget): ReturnType<typeof queue.nextReport> {
    return queue.nextReport(this.#ctx, target)
  }
  claim(
    which: { item: number; target: ReportTarget },
    worker: string,
    how: { reaches: boolean },
  ): ReturnType<typeof queue.claimReport> {
    return queue.claimReport(this.#ctx, which, worker, how)
  }
  render(job: queue.ReportJob, reporter: Reporter): Buffer | null {
    return renderReport(this.#ctx, job, reporter)
  }
  again(job: queue.ReportJob, maybe: boolean): Promise<void> {
    return queue.reportAgain(this.#ctx, job, maybe)
  }
  /** False: it was taken back. */
  moved(job: queue.Moving, state: 'queued' | 'sending'): Promise<boolean> {
    return queue.reportState(this.#ctx, job, state)
  }
  over(job: queue.Moving, state: 'sent' | 'failed', reply: string): Promise<void> {
    return queue.reportOver(this.#ctx, job, state, reply)
  }
  underway(target: ReportTarget, after: number, limit: number): ReturnType<typeof queue.underway> {
    return queue.underway(this.#ctx, target, after, limit)
  }
  reclaim(
    job: queue.Named,
    has: ReadonlySet<string>,
    isAlive: (worker: string) => boolean,
  ): Promise<void> {
    return queue.reclaim(this.#ctx, job, has, isAlive)
  }
  /** How a target answered last; null: well. */
  trouble(target: ReportTarget): TargetState | null {
    return this.#ctx.store.beside.targetState(target)
  }
  async putTrouble(target: ReportTarget, state: TargetState | null): Promise<void> {
    await this.#ctx.store.beside.putTargetState(target, state)
  }
}
