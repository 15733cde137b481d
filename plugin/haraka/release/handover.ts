// From a wanted release to its files in Haraka's outbound queue; and to an end for what was left half-way by
// workers that died.
import type { Lazaret } from '../../open.ts'
import type { OpenRelease, ReleaseJob } from '../../quarantine/release/release.ts'
import { haraka } from '../modules.ts'
import type { Outbound, Plugin } from '../types.ts'
import { enqueue, type Queued } from './enqueue.ts'
import { queuedReleases } from './queue-files.ts'
import { isAlive, WORKER } from '../../alive.ts'

const LOST = 'The outbound queue no longer has the message; whether it was delivered is not known.'

export class Handover {
  readonly queueDir: string
  /** Items that this worker is at. */
  readonly busy = new Set<number>()
  readonly #plugin: Plugin
  readonly #lazaret: Lazaret
  readonly #outbound: Outbound

  constructor(plugin: Plugin, lazaret: Lazaret) {
    this.#plugin = plugin
    this.#lazaret = lazaret
    this.#outbound = haraka<Outbound>(plugin, 'outbound')
    this.queueDir = haraka<{ queue_dir: string }>(plugin, 'outbound/queue').queue_dir
  }

  /** Claims a wanted release and puts it into the queue. */
  async release(item: number): Promise<void> {
    const { quarantine } = this.#lazaret
    // Cheaper than a write: another worker is often faster.
    if (quarantine.system.releaseOf(item)?.state !== 'wanted') return
    const jobs = await quarantine.system.claim(item, WORKER)
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

  /** Was the release claimed by a worker that is at it no more? */
  isOrphan({ item, worker }: OpenRelease): boolean {
    return worker === WORKER ? !this.busy.has(item) : !isAlive(worker)
  }

  /** Brings claims of dead workers to an end, one way or the other. */
  async recover(orphans: readonly OpenRelease[]): Promise<void> {
    const { quarantine } = this.#lazaret
    for (const { item, worker } of orphans) {
      if (this.busy.has(item)) continue
      this.busy.add(item)
      try {
        const jobs = await quarantine.system.takeOver(item, worker, WORKER)
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
    // Looked for twice: a file is renamed now and then, and is in no listing then.
    for (let look = 0; look < 2 && lost.length > 0; look++) {
      const tokens = new Set<string>()
      for (const note of (await queuedReleases(this.queueDir)).values()) tokens.add(note.token)
      lost = lost.filter(({ token }) => !tokens.has(token))
    }
    for (const { item, token } of lost) await system.report(item, token, 'failed', LOST)
  }
}
