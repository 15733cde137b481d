// The gateway's part of the figures, by the same phase that `npm run bench` has.
import { mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Gateway } from '../../plugin/cli/measured.ts'
import { measureGateway } from '../phases/gateway/measure.ts'
import { ADMIN, QUICK } from '../phases/gateway/variants.ts'
import type { Mail } from '../harness/mail.ts'
import type { PhaseResult } from '../harness/result.ts'

export interface GatewayRun {
  dir: string
  mail: readonly Mail[]
  quick: boolean
  /** The folder of the Haraka package. */
  haraka: string
  progress: (share: number) => void
}

const SIZES = {
  quick: { count: 150, rounds: 5, seconds: 10 },
  full: { count: 600, rounds: 16, seconds: 140 },
}

export async function gatewayFigures({
  dir,
  mail,
  quick,
  haraka,
  progress,
}: GatewayRun): Promise<Gateway> {
  const work = join(dir, 'gateway')
  mkdirSync(work)
  const size = SIZES[quick ? 'quick' : 'full']
  // A second worker on one core has nothing to run on.
  const variants = quick ? QUICK : ADMIN.filter(({ nodes }) => nodes === 0 || cpus().length > 1)
  const lines = variants.length * size.rounds
  let line = 0
  const tell = (): void => progress(Math.min(0.99, ++line / lines))
  const options = { quick, profile: false, dir: work, mail, haraka, tell }
  const result = await measureGateway(options, variants, size)
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
