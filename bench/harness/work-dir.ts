// The folder of a run: on the disk that is measured, and gone when the run is, however it ends.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs `work` with a new folder in `disk`. */
export async function withDir<T>(disk: string, work: (dir: string) => Promise<T>): Promise<T> {
  mkdirSync(disk, { recursive: true })
  const dir = mkdtempSync(join(resolve(disk), 'lazaret-bench-'))
  const remove = (): void => rmSync(dir, { recursive: true, force: true })
  const interrupted = (): void => {
    remove()
    process.exit(130)
  }
  for (const signal of SIGNALS) process.once(signal, interrupted)
  try {
    return await work(dir)
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, interrupted)
    remove()
  }
}
