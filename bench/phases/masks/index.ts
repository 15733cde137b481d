// Phase masks: the cost of a look-up against the number of masks.
import { benchMasks } from './measure.ts'
import type { Phase } from '../../harness/phase.ts'
import { emptyPhase, measure } from '../../harness/result.ts'

export const masks: Phase = {
  name: 'masks',
  describe: 'look-ups in the index of masks, 10^3 to 10^7 entries, hit and miss, single and bulk',
  inProcess: true,
  run: async ({ quick, tell }) => {
    const sizes = quick ? [1e3, 1e4, 1e5] : [1e3, 1e4, 1e5, 1e6, 1e7]
    tell(`indexes of ${sizes.join(', ')} masks`)
    // The look-ups of a round block: whoever was told shall see it first.
    await new Promise(setImmediate)
    const { costs, ratios, lookupsPerSecond } = benchMasks(sizes, quick ? 5 : 9)
    const result = emptyPhase('masks')
    const keys = {
      hit: 'hit, bulk',
      miss: 'miss, bulk',
      singleHit: 'hit',
      singleMiss: 'miss',
    } as const
    const kinds = Object.entries(keys) as [keyof typeof keys, string][]
    for (const cost of costs) {
      for (const [key, name] of kinds)
        result.measures.push(
          measure(`${name}, ${cost.masks} masks`, 'ns', [cost[key]], { better: 'less' }),
        )
      result.measures.push(
        measure(`memory, ${cost.masks} masks`, 'MiB', [cost.bytes / 2 ** 20], {
          better: 'less',
          bound: 'none',
        }),
      )
    }
    result.measures.push(measure('look-ups a second, bulk, most masks', '1/s', [lookupsPerSecond]))
    for (const [key, name] of kinds) result.ratios[`${name}: most masks / fewest`] = ratios[key]
    result.plots.push({
      title: 'Cost against masks',
      x: { label: 'masks', log: true },
      y: { label: 'ns a look-up', min: 0 },
      series: kinds.map(([key, name]) => ({
        name,
        points: costs.map((cost) => [cost.masks, cost[key]]),
      })),
    })
    return result
  },
}
