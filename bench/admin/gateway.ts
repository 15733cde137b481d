// The gateway's part of the figures, by the same phase that `npm run bench` has.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gateway } from '../gateway.ts'
import type { Mail } from '../harness/corpus.ts'
import type { PhaseResult } from '../harness/result.ts'
import type { Gateway } from './figures.ts'

export interface GatewayRun {
  dir: string
  mail: readonly Mail[]
  quick: boolean
  /** The folder of the Haraka package. */
  haraka: string
  progress: (share: number) => void
}

/** Lines that the phase says about its progress, about so many. */
const LINES = { quick: 22, full: 170 }

export async function gatewayFigures({
  dir,
  mail,
  quick,
  haraka,
  progress,
}: GatewayRun): Promise<Gateway> {
  const work = join(dir, 'gateway')
  mkdirSync(work)
  let lines = 0
  const tell = (): void => progress(Math.min(0.99, ++lines / LINES[quick ? 'quick' : 'full']))
  const result = await gateway.run({ quick, profile: false, dir: work, mail, haraka, tell })
  return figures(result)
}

const HELD = { pass: 0, hold10: 0.1, hold50: 0.5, hold90: 0.9 } as const

function figures({ measures }: PhaseResult): Gateway {
  const find = (name: string): number | null =>
    measures.find((one) => one.name === name)?.median ?? null
  const points = (workers: string): Gateway['one'] =>
    Object.entries(HELD).flatMap(([name, held]) => {
      const rate = find(`${name}${workers}: messages`)
      return rate === null ? [] : [{ held, rate }]
    })
  const two = points(', 2 workers')
  return {
    one: points(''),
    alone: find('alone: messages') ?? Number.NaN,
    two: two.length > 0 ? two : null,
    memoryMiB: find('pass: memory') ?? Number.NaN,
  }
}
