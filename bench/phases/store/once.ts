// What is measured on a data folder of its own: bytes on disk, replay, expiry.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { open, type Lazaret } from '../../../plugin/open.ts'
import { replay } from '../../../plugin/store/replay.ts'
import { Store } from '../../../plugin/store/store.ts'
import type { PhaseOptions } from '../../harness/phase.ts'
import { measure, type PhaseResult } from '../../harness/result.ts'
import { CONFIG, deposit, seconds } from './fill.ts'

export async function once(
  { quick, dir, mail, tell }: PhaseOptions,
  result: PhaseResult,
): Promise<void> {
  const count = quick ? 1000 : 20_000
  const rounds = quick ? 1 : 3
  const figures = { file: [] as number[], replay: [] as number[], expiry: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    tell(`file size, replay, expiry: round ${round + 1} of ${rounds}`)
    const from = join(dir, `from-${round}`)
    const lazaret = open(CONFIG, from)
    try {
      const bytes = await deposit(lazaret, mail, count)
      figures.file.push(statSync(join(from, 'data.mdb')).size / bytes)
      const to = join(dir, `to-${round}`)
      mkdirSync(to)
      const copy = new Store({ dir: to })
      let since = performance.now()
      try {
        const events = await replay(lazaret.store, copy)
        figures.replay.push(events / seconds(since))
      } finally {
        await copy.close()
      }
      since = performance.now()
      const gone = await grownOld(lazaret)
      if (gone !== count) throw new Error(`${gone} of ${count} items expired`)
      figures.expiry.push(gone / seconds(since))
    } finally {
      await lazaret.close()
    }
  }
  result.measures.push(
    measure('file size of distinct messages', 'x their octets', figures.file, {
      better: 'less',
      bound: 'none',
    }),
    measure('replay', 'events/s', figures.replay),
    measure('expiry', 'items/s', figures.expiry, { bound: 'disk' }),
  )
}

const DAY = 86_400_000

/** Time passes until everything was hidden, and then is gone for good. Answers how many items there were. */
async function grownOld({ quarantine, config }: Lazaret): Promise<number> {
  const { system } = quarantine
  const begin = Date.now()
  const days = config.settings.retention_days + config.main.grace_hours / 24 + 2
  let gone = 0
  // A clock that goes on by more than a day has jumped.
  for (let day = 0; day <= days; day += 0.9) gone += (await system.expire(begin + day * DAY)).purged
  return gone
}
