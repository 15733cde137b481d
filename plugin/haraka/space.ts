// Says in the log when room runs short, when there is none, and when there is again.
import type { Lazaret } from '../open.ts'
import type { Plugin } from './types.ts'

const LOOK_MS = 60_000

/** Looks now and from time to time; answers how to stop. */
export function watchSpace(plugin: Plugin, { quarantine }: Lazaret): () => void {
  let told = 'ok'
  const look = (): void => {
    const { level, used, bound, disk } = quarantine.system.space
    if (level === told) return
    told = level
    const share = Math.round((100 * used) / bound)
    const state = `${share} % of main.map_size_gb (${gb(bound)} GB) is used, ${gb(disk)} GB of the disk are free`
    if (level === 'ok') plugin.lognotice(`there is room again: ${state}`)
    else if (level === 'warn')
      plugin.logerror(`room runs short: ${state}; see docs/operate.md "Disk"`)
    else
      plugin.logerror(
        `the quarantine is FULL, mail to be held is answered 451: ${state}; see docs/operate.md "Disk"`,
      )
  }
  const guarded = (): void => {
    try {
      look()
    } catch (error) {
      plugin.logerror(`space: ${String(error)}`)
    }
  }
  guarded()
  const timer = setInterval(guarded, LOOK_MS).unref()
  return () => clearInterval(timer)
}

const gb = (octets: number): string => (octets / 2 ** 30).toFixed(octets < 10 * 2 ** 30 ? 2 : 0)
