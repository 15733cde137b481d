// CPU profiles (`node --cpu-prof`, or taken in this process): which functions are hot.
import { Session } from 'node:inspector/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './machine.ts'
import type { Hot } from './result.ts'

/** The part of a .cpuprofile that is read (Chrome DevTools Protocol, Profiler.Profile). */
export interface CpuProfile {
  nodes: {
    id: number
    callFrame: { functionName: string; url: string; lineNumber: number }
    hitCount?: number
  }[]
}

/** Time in which nobody asked for anything is not counted. */
const IDLE = new Set(['(idle)', '(root)'])

/** The functions with the largest own time, over all the profiles together. */
export function hottest(profiles: readonly CpuProfile[], limit = 10): Hot[] {
  const hits = new Map<string, { hot: Omit<Hot, 'share'>; hits: number }>()
  let total = 0
  for (const { nodes } of profiles)
    for (const { callFrame, hitCount = 0 } of nodes) {
      if (hitCount === 0 || IDLE.has(callFrame.functionName)) continue
      total += hitCount
      const at = place(callFrame)
      const name = callFrame.functionName || '(anonymous)'
      const key = `${name} ${at}`
      const entry = hits.get(key) ?? { hot: { function: name, at }, hits: 0 }
      entry.hits += hitCount
      hits.set(key, entry)
    }
  return [...hits.values()]
    .sort((a, b) => b.hits - a.hits)
    .slice(0, limit)
    .map(({ hot, hits }) => ({ ...hot, share: hits / total }))
}

function place({ url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return '(native)'
  const path = url.replace(/^file:\/\//, '').replace(`${ROOT}/`, '')
  return `${path}:${lineNumber + 1}`
}

/** The profiles that processes run with --cpu-prof-dir left in a folder. */
export function readProfiles(dir: string): CpuProfile[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as CpuProfile)
}

/** The profiler of this process. */
export class Profiler {
  readonly #session = new Session()

  async start(): Promise<true> {
    this.#session.connect()
    await this.#session.post('Profiler.enable')
    await this.#session.post('Profiler.setSamplingInterval', { interval: 500 }) // us
    await this.#session.post('Profiler.start')
    return true
  }

  async stop(): Promise<Hot[]> {
    const { profile } = await this.#session.post('Profiler.stop')
    this.#session.disconnect()
    return hottest([profile])
  }
}

/** Runs `work` under the profiler of this process. */
export async function profiled<T>(work: () => Promise<T>): Promise<{ value: T; hot: Hot[] }> {
  const profiler = new Profiler()
  await profiler.start()
  const value = await work()
  return { value, hot: await profiler.stop() }
}
