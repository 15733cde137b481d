// Processor time of a thread. By the clock on the wall, work on a busy machine would be charged for the time of others.
import { readFileSync, readlinkSync } from 'node:fs'

/** The number by which the system knows this thread; '' where it does not tell (elsewhere than on Linux). */
export function thisTask(): string {
  try {
    // proc(5): PID/task/TID
    return readlinkSync('/proc/thread-self').split('/').at(-1) ?? ''
  } catch {
    return ''
  }
}

/** Processor time that a thread of this process has taken, in ms; null where the system does not tell. */
export function taken(task: string): number | null {
  if (task === '') return null
  try {
    // proc(5): nanoseconds stand first.
    const [ns] = readFileSync(`/proc/self/task/${task}/schedstat`, 'latin1').split(' ')
    return Number(ns) / 1e6
  } catch {
    return null
  }
}
