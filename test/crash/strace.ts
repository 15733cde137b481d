// kill -9 at a chosen call on the disk: with strace a process dies as it enters that call, so that every state is met which
// a crash between two calls can leave. Debian's package strace; without it these tests are skipped and say so.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../tmp.ts'

export const HAS_STRACE = spawnSync('strace', ['-V']).status === 0
if (!HAS_STRACE) console.warn('strace is not installed: kills at each step are skipped')

/**
 * Calls at which to be killed. Before its `fdatasync` a commit has written pages that nobody sees yet; the others bracket what
 * happens to queue files. `npm run crash` takes every single write as well.
 */
export const CALLS =
  process.env.LAZARET_CRASH === 'all'
    ? ['pwrite64', 'writev', 'fdatasync', 'fsync', 'rename', 'unlink']
    : ['fdatasync', 'fsync', 'rename', 'unlink']

export interface Trap {
  /** Lets go of a process that was not killed. */
  leave(): Promise<void>
  /** The call at which it was killed, and on which file; null: it was not. */
  step(): string | null
}

/** strace counts for each thread: with one thread that works on files, what it counts is their order. */
export const ONE_THREAD = { UV_THREADPOOL_SIZE: '1' }

/** Kills `pid` as one of its threads enters `call` for the `n`th time from now on, counted from 1. */
export async function killAtCall(pid: number, call: string, n: number): Promise<Trap> {
  const file = join(tempDir(), 'strace')
  writeFileSync(file, '')
  const inject = `inject=${call}:signal=SIGKILL:when=${n}`
  const args = ['-f', '-y', '-o', file, '-e', `trace=${call}`, '-e', inject, '-p', String(pid)]
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(strace, 'close')
  // The first thread that is gone takes all with it; a strace that goes on holding the others would keep the process.
  const watcher = watch(file, () => {
    if (isKilled(file)) strace.kill('SIGKILL')
  })
  void ended.then(() => watcher.close())
  await new Promise<void>((resolve, reject) => {
    let said = ''
    strace.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('attached')) resolve()
    })
    void ended.then(() => reject(new Error(`strace ended: ${said}`)))
  })
  return {
    async leave() {
      if (strace.exitCode === null && strace.signalCode === null) strace.kill('SIGINT')
      await ended
    },
    step() {
      if (!isKilled(file)) return null
      const calls = readFileSync(file, 'latin1')
        .split('\n')
        .map((line) => /^\d+\s+(\w+)\((?:\d+<([^>]*)>|"([^"]*)")?/.exec(line))
      const last = calls.findLast((call) => call !== null)
      return last ? `${last[1]} of ${last[2] ?? last[3] ?? '?'}` : '?'
    },
  }
}

const isKilled = (file: string): boolean =>
  readFileSync(file, 'latin1').includes('killed by SIGKILL')
