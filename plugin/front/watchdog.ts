// A thread of the front that ends its process when nothing else can: the event loop is silent, memory is beyond its
// bound, or Haraka is gone. SIGKILL is safe at any moment: LMDB rolls back what was not committed, and Haraka's main
// process starts the next front on the same sockets.
import { readFileSync, writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

export interface Watched {
  /** Counted up by the event loop every BEAT_MS. */
  beats: SharedArrayBuffer
  /** Octets of resident memory. */
  memory: number
  /** Pid of the process that has started this one. */
  parent: number
}

export const BEAT_MS = 500
const LOOK_MS = 1000
/** Of the processor: an event loop that is busy for so long hangs. Where others take the processor it is only slow. */
const SILENT_MS = 10_000
/** Of a clock: an event loop that waits for something, which it never should. */
const HUNG_MS = 120_000
/** A front whose parent has gone ends by itself, unless it hangs. */
const ORPHAN_MS = 3000

function watch({ beats, memory, parent }: Watched): void {
  const counter = new Int32Array(beats)
  let last = -1
  // Looks and not a clock: a process that was stopped (SIGSTOP, a debugger) was not silent.
  let silent = 0
  let busy = 0
  let spent = spentByLoop()
  let orphan = 0
  setInterval(() => {
    const beat = Atomics.load(counter, 0)
    const now = spentByLoop()
    silent = beat === last ? silent + LOOK_MS : 0
    busy = beat === last ? busy + now - spent : 0
    last = beat
    spent = now
    if (busy > SILENT_MS) end(`its event loop has been busy for ${Math.round(busy / 1000)} s`)
    if (silent > HUNG_MS) end(`its event loop has been silent for ${silent / 1000} s`)
    const used = process.memoryUsage.rss()
    if (used > memory)
      end(`it took ${megabytes(used)} MB of memory, beyond front.memory_mb = ${megabytes(memory)}`)
    orphan = parentOf() === parent ? 0 : orphan + LOOK_MS
    if (orphan > ORPHAN_MS) end('Haraka is gone')
  }, LOOK_MS)
}

const megabytes = (octets: number): number => Math.round(octets / 2 ** 20)

/** Processor time of the thread that has the event loop, in ms; elsewhere than on Linux of the whole process. */
function spentByLoop(): number {
  try {
    // proc(5): the main thread has the number of its process; nanoseconds stand first.
    const [ns] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')
    return Number(ns) / 1e6
  } catch {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
}

/** process.ppid is what it was when this thread asked first in some versions of Node. */
function parentOf(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return process.ppid
  }
}

function end(why: string): void {
  try {
    // A thread's console goes through the loop that hangs.
    writeSync(2, `ended by its watchdog: ${why}\n`)
  } finally {
    process.kill(process.pid, 'SIGKILL')
  }
}

if (workerData) watch(workerData as Watched)
