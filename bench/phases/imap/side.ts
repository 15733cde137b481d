// One side of the comparison: a server in processes of its own, and what it costs.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cpuMs, family } from '../../harness/proc.ts'
import type { Hot } from '../../harness/result.ts'
import type { Credentials } from './client.ts'
import type { Setup } from './server.ts'

export const USER: Credentials = { name: 'bench', password: 'correct-horse-battery' }

export interface Running {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

export interface Side extends Running {
  readonly name: 'lazaret' | 'dovecot'
  /** Begins a CPU profile of the server, and ends it. */
  readonly profiler?: { start(): Promise<void>; stop(): Promise<Hot[]> }
}

/** Starts Lazaret in a process of its own on `dir`. */
export async function startLazaret(dir: string, items?: number): Promise<Side> {
  const setup: Setup = { dir, user: USER.name, password: USER.password, items }
  const child = spawn(process.execPath, [join(__dirname, 'server.js'), JSON.stringify(setup)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async <T>(): Promise<T> => {
    const line = await Promise.race([lines.next(), ended])
    if (line === null || typeof line === 'number' || line.done)
      throw new Error(`the server ended with ${child.exitCode}`)
    return JSON.parse(line.value) as T
  }
  const ask = async <T>(question: string): Promise<T> => {
    child.stdin.write(`${question}\n`)
    return await answer<T>()
  }
  const { port } = await answer<{ port: number }>()
  return {
    name: 'lazaret',
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.stdin.end()
      await ended
    },
    profiler: {
      start: async () => void (await ask('profile')),
      stop: async () => await ask<Hot[]>('hot'),
    },
  }
}

/** PSS in KiB of a process and all its descendants; 0 without /proc. */
export function memoryOf(pid: number): number {
  let sum = 0
  for (const one of family(pid)) sum += pssOf(one)
  return sum
}

/** CPU time of the same in ms, children that have ended included. */
export const cpuOf = (pid: number): number => cpuMs(family(pid)) ?? 0

function pssOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0)
  } catch {
    return 0 // it has ended meanwhile
  }
}
