// CPU time and memory of processes that are not ours, from /proc (Linux). Elsewhere: null, and the
// figure is left out.
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** USER_HZ, which Linux fixes at 100 for all that it shows (proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS_MS = 10

export const HAS_PROC = existsSync('/proc/self/stat')

/** A process and all that came from it. */
export function family(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`) ?? ''
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(family)]
}

/** CPU ms (user and system, all threads) used by these processes so far; ended children included. */
export function cpuMs(pids: readonly number[]): number | null {
  if (!HAS_PROC) return null
  let ticks = 0
  for (const pid of pids) {
    const stat = read(`/proc/${pid}/stat`)
    if (stat === null) continue
    // Fields 14 to 17; counted behind the name in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    for (let field = 11; field <= 14; field++) ticks += Number(fields[field])
  }
  return ticks * TICKS_MS
}

/** CPU ms of the main thread of a process: of one that serves, of its event loop. */
export function mainThreadMs(pid: number): number {
  const [ns] = (read(`/proc/${pid}/task/${pid}/schedstat`) ?? '0').split(' ')
  return Number(ns) / 1e6
}

/** CPU ms of all threads of a process that there are. */
export function threadsMs(pid: number): number {
  let ns = 0
  for (const thread of list(`/proc/${pid}/task`))
    ns += Number((read(`/proc/${pid}/task/${thread}/schedstat`) ?? '0').split(' ')[0])
  return ns / 1e6
}

/** The command line of a process. */
export const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`) ?? ''

export interface Memory {
  /** Resident set without pages of files: what the process itself takes. */
  anonymousMiB: number
  residentMiB: number
}

export function memory(pids: readonly number[]): Memory | null {
  if (!HAS_PROC) return null
  const sum = { anonymousMiB: 0, residentMiB: 0 }
  for (const pid of pids) {
    const status = read(`/proc/${pid}/status`) ?? ''
    const kib = (key: string): number =>
      Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
    sum.anonymousMiB += kib('RssAnon') / 1024
    sum.residentMiB += kib('VmRSS') / 1024
  }
  return sum
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // It has ended meanwhile.
    return null
  }
}
