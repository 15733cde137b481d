// What the mail path does with the quarantine, for nobody in particular: messages come in, releases go out, time
// passes. Haraka has this; people never reach it.
import type { Release } from '../mail.ts'
import { getItem } from '../store/items.ts'
import type { SpaceState } from '../store/space.ts'
import type { Context } from './context.ts'
import { expire, type Expired } from './expire.ts'
import * as releases from './release/release.ts'
import { giveUpReleases, restored } from './release/restored.ts'
import type { Told } from './release/outcome.ts'
import { givePassBack } from './release/passing.ts'
import { Reports } from './report/reports.ts'
import { Digests } from './digest/digests.ts'
import { keepGists } from './listing/gists.ts'
import { dropKeywords } from './folders/unused-keywords.ts'
import type { LessonAlarm } from './model/alarm.ts'
import { lessonAlarms } from './model/given.ts'
import { takeBackSplits } from './release/take-back.ts'
import { screen, type Decision, type Envelope } from './screen.ts'
import * as upkeep from './upkeep.ts'

export class System {
  /** What central systems are to be told. */
  readonly reports: Reports
  /** What people are told of their caught mail. */
  readonly digests: Digests
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.reports = new Reports(ctx)
    this.digests = new Digests(ctx)
  }

  /** Reads model and lists now, instead of with the first message. */
  prepare(): void {
    this.#ctx.follower.catchUp()
  }
  /** `path`: of the file in `store.incoming` that the message is, where it is a large one. */
  screen(envelope: Envelope, raw: Buffer, path: string | null = null): Promise<Decision[]> {
    return screen(this.#ctx, envelope, raw, path)
  }
  /** Calls back after any change, in any process; answers how to stop. */
  watch(listener: () => void): () => void {
    return this.#ctx.store.watch.listen(listener)
  }

  /** How much room there is for more. */
  get space(): SpaceState {
    return this.#ctx.store.space.state
  }
  openReleases(): releases.OpenRelease[] {
    return releases.openReleases(this.#ctx)
  }
  /** How the release of an item stands; null: none was asked for, or the item is gone. */
  releaseOf(item: number): Release | null {
    return getItem(this.#ctx.store.views, item)?.release ?? null
  }
  /** When a wanted release may be claimed (Unix ms); null: it is not wanted. */
  releaseDue(item: number): number | null {
    return releases.releaseDue(this.#ctx, item)
  }
  /** After a restore of the data from a backup; answers how many releases came back. */
  restored(from: { made: number; goOn: boolean }): Promise<number> {
    return restored(this.#ctx, from)
  }

  /** Releases that are open come back, with `reply`; answers how many. */
  giveUpReleases(reply: string): Promise<number> {
    return giveUpReleases(this.#ctx, reply)
  }
  claim(item: number, worker: string): Promise<releases.ReleaseJob[] | null> {
    return releases.claim(this.#ctx, item, worker)
  }
  takeFrom(item: number, from: string, worker: string): Promise<releases.ReleaseJob[] | null> {
    return releases.takeFrom(this.#ctx, item, from, worker)
  }

  takeOver(item: number, from: string, worker: string): Promise<releases.ReleaseJob[] | null> {
    return releases.takeOver(this.#ctx, item, from, worker)
  }
  unclaim(item: number, token: string): Promise<void> {
    return releases.unclaim(this.#ctx, item, token)
  }
  queued(item: number, token: string): Promise<void> {
    return releases.queued(this.#ctx, item, token)
  }
  /** A message that passed by its mark was not taken after all. */
  givePassBack(item: number, recipient: string): Promise<void> {
    return givePassBack(this.#ctx, item, recipient)
  }
  takeBackSplits(items: readonly number[]): Promise<number[]> {
    return takeBackSplits(this.#ctx, items)
  }
  sending(item: number, token: string, recipient: string): Promise<boolean> {
    return releases.sending(this.#ctx, item, token, recipient)
  }
  report(
    item: number,
    token: string,
    told: Told,
    reply: string,
    recipient?: string,
  ): Promise<void> {
    return releases.report(this.#ctx, item, token, told, reply, recipient)
  }

  /** Keeps the model as a snapshot when many lessons came since the last one, or when asked to. */
  snapshotModel(force = false): Promise<boolean> {
    return upkeep.snapshotModel(this.#ctx, force)
  }
  /** Hides what is over, and takes for good what was hidden before. `wall`: what the clock says, in Unix ms. */
  expire(wall?: number): Promise<Expired> {
    return expire(this.#ctx, wall)
  }
  trimJournal(now: number): Promise<number> {
    return upkeep.trimJournal(this.#ctx, now)
  }
  /** All that time asks for: expiry, snapshots, the length of the journal. */
  upkeep(wall?: number): Promise<Expired> {
    return upkeep.upkeep(this.#ctx, wall)
  }
  /** Looks at the clock: why nothing may expire now, and what to do; null: all is well. */
  async doubt(): Promise<string | null> {
    const { doubt } = await this.#ctx.store.look()
    return doubt
  }
  /** Whose lessons contradict in bulk what everybody else's mail has taught. */
  lessonAlarms(): LessonAlarm[] {
    return lessonAlarms(this.#ctx, { account: 'system', tier: 'super-admin', scope: '' })
  }
  dropKeywords(): Promise<number> {
    return dropKeywords(this.#ctx)
  }
  sweepGuards(now?: number): Promise<number> {
    return upkeep.sweepGuards(this.#ctx, now)
  }
  /** Makes ready what listings read, of what came since the last time; answers how many gists. */
  keepLists(): Promise<number> {
    return keepGists(this.#ctx)
  }
}
