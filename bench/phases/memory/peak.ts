// The largest resident set of processes that are not ours, from /proc (Linux).
import { readFileSync, writeFileSync } from 'node:fs'
import { family } from '../../harness/proc.ts'

const MIB = 1024

export class Peak {
  readonly #idle = new Map<number, number>()

  /** From now on, of a process and all that came from it. */
  constructor(pid: number) {
    for (const one of family(pid)) {
      // proc(5): 5 resets the peak to what is resident now.
      writeFileSync(`/proc/${one}/clear_refs`, '5')
      this.#idle.set(one, kib(one, 'VmRSS'))
    }
  }

  /** MiB above what was resident at the beginning, each process at its own peak. Pages of files count. */
  above(): number {
    let sum = 0
    for (const [pid, idle] of this.#idle) sum += kib(pid, 'VmHWM') - idle
    return sum / MIB
  }
}

function kib(pid: number, key: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
}
