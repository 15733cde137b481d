// What time does, done by the worker processes: all of it may be done by any of them, at any time.
import type { Lazaret } from '../open.ts'
import type { Plugin } from './types.ts'

const EVERY_MS = 10 * 60_000

/** Expires items, keeps the model as a snapshot, trims the journal and what is kept of logins; answers how to stop. */
export function startUpkeep(plugin: Plugin, { quarantine, config }: Lazaret): () => void {
  const { system } = quarantine
  const upkeep = async (): Promise<void> => {
    const { hidden, purged, restored, doubt } = await system.upkeep()
    tellDoubt(doubt)
    if (restored > 0)
      plugin.lognotice(`${restored} items that a clock which was ahead had hidden are back`)
    if (hidden > 0)
      plugin.loginfo(
        `${hidden} items expired: they are hidden, and gone for good in ${config.main.grace_hours} hours (lazaret item list --only deleted)`,
      )
    if (purged > 0) plugin.loginfo(`${purged} items are gone for good`)
    for (const { text } of system.lessonAlarms()) plugin.logwarn(text)
    await system.dropKeywords()
    await system.sweepGuards()
  }
  const tellDoubt = (doubt: string | null): void => {
    if (doubt !== null) plugin.logerror(doubt)
  }
  const failed = (error: unknown): void => plugin.logerror(`upkeep: ${String(error)}`)
  let timer: NodeJS.Timeout
  const schedule = (): void => {
    // Jitter, so that several workers take turns.
    timer = setTimeout(
      () => {
        upkeep().catch(failed).finally(schedule)
      },
      EVERY_MS * (0.5 + Math.random()),
    )
    timer.unref()
  }
  // A clock that jumped while nothing ran is told of at once.
  system.doubt().then(tellDoubt, failed)
  schedule()
  return () => clearTimeout(timer)
}
