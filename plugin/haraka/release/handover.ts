// From a wanted release to its files in Haraka's outbound queue; and to an end for what was left half-way by
// workers that died.
import type { Lazaret } from '../../open.ts'
import type { OpenRelease, ReleaseJob } from '../../quarantine/release/release.ts'
import { haraka } from '../modules.ts'
import type { Outbound, Plugin } from '../types.ts'
import { enqueue, type Queued } from './enqueue.ts'
import { queuedReleases } from './queue-files.ts'
import { Workers } from '../workers.ts'

const LOST = 'The outbound queue no longer has the message; whether it was delivered is not known.'

export class Handover {
  readonly queueDir: string
  /** Items that this worker is at. */
  readonly busy = new Set<number>()
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #outbound: Outbound
  readonly #workers: Workers

  constructor(plugin: Plugin, lazaret: Lazaret) {
    this.#plugin = plugin
    this.#lazaret = lazaret
    this.#workers = new Workers(lazaret)
    this.#outbound = haraka<Outbound>(plugin, 'outbound')
    this.queueDir = haraka<{ queue_dir: string }>(plugin, 'outbound/queue').queue_dir
  }

  /** Claims a wanted release and puts it into the queue. */
  async release(item: number): Promise<void> {
    const { quarantine } = this.#lazaret
    // Cheaper than a write: another worker is often faster.
    if (quarantine.system.releaseOf(item)?.state !== 'wanted') return
    const jobs = await quarantine.system.claim(item, this.#workers.self)
    if (!jobs) return
    let queued
    try {
      queued = await this.#enqueue(jobs)
    } catch (error) {
      await quarantine.system.unclaim(item, jobs[0].token)
      throw error
    }
    await this.#send(queued, jobs[0])
  }

  /** Writes queue files for `jobs`, all or none. */
  async #enqueue(jobs: readonly ReleaseJob[]): Promise<Queued> {
    const dirs = { dir: this.queueDir, spool: this.#lazaret.store.incoming }
    return await enqueue(this.#plugin, this.#outbound, dirs, jobs)
  }

  async #send(queued: Queued, { item, token }: ReleaseJob): Promise<void> {
    try {
      await this.#lazaret.quarantine.system.queued(item, token)
    } finally {
      // On disk it is: sent whether or not the record could be made.
      for (const hmail of queued) this.#outbound.delivery_queue.push(hmail)
    }
  }

  /** Is nobody at it any more who was? Of what is queued the queue is, for as long as its machine lives. */
  isOrphan({ item, worker, state }: OpenRelease): boolean {
    if (state === 'wanted') return false
    if (worker === this.#workers.self) return state === 'claimed' && !this.busy.has(item)
    return (state === 'claimed' || !this.#workers.isHere(worker)) && !this.#workers.isAlive(worker)
  }

  /** Looks at the other machines, where there are some. */
  async look(): Promise<void> {
    await this.#workers.look()
  }

  /** Brings claims of dead workers to an end, one way or the other. */
  async recover(orphans: readonly OpenRelease[]): Promise<void> {
    const { quarantine } = this.#lazaret
    for (const { item, worker } of orphans) {
      if (this.busy.has(item)) continue
      this.busy.add(item)
      try {
        const { self } = this.#workers
        if (!this.#workers.isHere(worker)) {
          const jobs = await quarantine.system.takeFrom(item, worker, self)
          if (jobs) await this.#send(await this.#enqueue(jobs), jobs[0])
          continue
        }
        const jobs = await quarantine.system.takeOver(item, worker, self)
        if (!jobs) continue
        const { token } = jobs[0]
        const have = new Set<string>()
        for (const note of (await queuedReleases(this.queueDir)).values())
          if (note.token === token) have.add(note.recipient)
        if (have.size === 0) await quarantine.system.unclaim(item, token)
        else {
          const missing = jobs.filter(({ recipient }) => !have.has(recipient))
          await this.#send(await this.#enqueue(missing), jobs[0])
        }
      } finally {
        this.busy.delete(item)
      }
    }
  }

  /** What is recorded as queued and has no file any more has an outcome that nobody saw. */
  async reconcile(): Promise<void> {
    const { system } = this.#lazaret.quarantine
    let lost = system
      .openReleases()
      .filter(({ state }) => state === 'queued' || state === 'deferred' || state === 'sending')
      .filter(({ worker }) => this.#workers.isHere(worker))
    // Looked for twice: a file is renamed now and then, and is in no listing then.
    for (let look = 0; look < 2 && lost.length > 0; look++) {
      const tokens = new Set<string>()
      for (const note of (await queuedReleases(this.queueDir)).values()) tokens.add(note.token)
      lost = lost.filter(({ token }) => !tokens.has(token))
    }
    for (const { item, token } of lost) await system.report(item, token, 'failed', LOST)
  }
}
