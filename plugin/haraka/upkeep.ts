// What time does, done by the worker processes: all of it may be done by any of them, at any time.
import type { Lazaret } from '../open.ts'
import type { Plugin } from './types.ts'

const EVERY_MS = 10 * 60_000

/** Expires items, keeps the model as a snapshot, trims the journal and what is kept of logins; answers how to stop. */
export function startUpkeep(plugin: Plugin, { quarantine }: Lazaret): () => void {
  const upkeep = async (): Promise<void> => {
    const gone = await quarantine.system.expire()
    if (gone > 0) plugin.loginfo(`${gone} items expired`)
    await quarantine.system.snapshotModel()
    await quarantine.system.trimJournal()
    await quarantine.system.sweepGuards()
  }
  let timer: NodeJS.Timeout
  const schedule = (): void => {
    // Jitter, so that several workers take turns.
    timer = setTimeout(
      () => {
        upkeep()
          .catch((error: unknown) => plugin.logerror(`upkeep: ${String(error)}`))
          .finally(schedule)
      },
      EVERY_MS * (0.5 + Math.random()),
    )
    timer.unref()
  }
  schedule()
  return () => clearTimeout(timer)
}
