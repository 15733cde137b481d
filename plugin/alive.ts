// Who a process is, so that another can tell for certain that it is gone: a pid alone is used again.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** This process, as `pid:start`. */
export const WORKER = `${process.pid}:${startOf(process.pid) ?? ''}`

/** True while the process that calls itself `worker` runs. When in doubt it does. */
export function isAlive(worker: string): boolean {
  const at = worker.indexOf(':')
  const pid = Number(worker.slice(0, at))
  if (at < 0 || !Number.isInteger(pid) || pid <= 0) return false
  return exists(pid) && startOf(pid) === worker.slice(at + 1)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process was started, as an opaque word; null when there is no such process (any more). */
function startOf(pid: number): string | null {
  try {
    // proc(5): field 22 is the start in clock ticks since boot. Fields are counted behind the name, which
    // may hold anything; a zombie (state Z) works no more.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? null : `${boot()}-${fields[18]}`
  } catch {
    return process.platform === 'linux' ? null : startByPs(pid)
  }
}

function boot(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
}

/** Systems without /proc. */
function startByPs(pid: number): string | null {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'latin1' })
    return started.trim().replace(/\s+/g, '-') || null
  } catch {
    return null
  }
}
