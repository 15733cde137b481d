// Phase store: what a hold costs, with its flush, at ten thousand items and at a million; start-up, a
// person's folder, expiry, replay, the size of the file.
import { join } from 'node:path'
import type { Phase, PhaseOptions } from '../../harness/phase.ts'
import { emptyPhase, type PhaseResult } from '../../harness/result.ts'
import { filled, type Size } from './fill.ts'
import { growth } from './growth.ts'
import { once } from './once.ts'

export const store: Phase = {
  name: 'store',
  describe: 'holds a second with flush, growth with items, start-up, expiry, replay, file size',
  inProcess: true,
  run: runStore,
}

async function runStore(options: PhaseOptions): Promise<PhaseResult> {
  const { quick, dir, tell } = options
  const result = emptyPhase('store')
  const sizes: Size[] = []
  for (const items of quick ? [1000, 10_000] : [10_000, 100_000, 1_000_000]) {
    tell(`filling ${items} items`)
    sizes.push(await filled(join(dir, `items-${items}`), items))
  }
  await growth(sizes, options, result)
  await once(options, result)
  return result
}
