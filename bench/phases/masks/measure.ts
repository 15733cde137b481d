// Cost and memory of the mask index as it grows: look-ups that hit and that miss, one by one and in
// bulk. Plain results; `node dist/bench/phases/masks/measure.js [SIZE...]` prints them as a table.
import { type MaskEntry, MaskIndex } from '../../../plugin/filter/mask-index.ts'
import { random } from '../../harness/random.ts'
import { host, mailbox, sampleMasks } from '../../harness/sample-masks.ts'

export interface MaskCost {
  masks: number
  /** Nanoseconds of CPU a look-up; the median of the rounds. */
  hit: number
  miss: number
  singleHit: number
  singleMiss: number
  /** Bytes of the index, and of the same for each mask. */
  bytes: number
  bytesPerMask: number
  /** Microseconds a mask to build the index. */
  build: number
}

export interface MaskBench {
  costs: MaskCost[]
  /** Cost of the largest index against the smallest one. */
  ratios: { hit: number; miss: number; singleHit: number; singleMiss: number }
  /** Bulk look-ups a second on the largest index, half of them hits. */
  lookupsPerSecond: number
}

const SCOPES = ['user7@example7.com', 'example7.com', '']
/** Addresses of a round, and the part that is looked up one by one. */
const ADDRESSES = 20_000
const SINGLE = 5_000
const WARM_UP = 5

/** The text as one piece of memory, as a text that was read is; not as the parts it was put of. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

/** Addresses of which a mask of the index matches each. */
function hits(masks: readonly MaskEntry[]): string[] {
  const next = random(11)
  const global = masks.filter((entry) => entry.scope === '')
  return Array.from({ length: ADDRESSES }, () => {
    const { mask } = global[next(global.length)]
    const local = mask.startsWith('*') ? `jo${mask.slice(1)}` : mask
    return flat(local.endsWith('*') ? `${local.slice(0, -1)}x.com` : local)
  })
}

/** Addresses like those of the masks; `q` stands in none of their words. */
function misses(): string[] {
  const next = random(13)
  return Array.from({ length: ADDRESSES }, () => flat(`${mailbox(next)}q@q${host(next)}`))
}

/** CPU time for each of `count`: what one core has to spend, also on a machine that others use. */
function nanoseconds(count: number, run: () => void): number {
  const start = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1000) / count
}

type Took = { hit: number; miss: number; singleHit: number; singleMiss: number; mixed: number }

function median(times: readonly Took[], what: keyof Took): number {
  return times.map((took) => took[what]).toSorted((a, b) => a - b)[times.length >> 1]
}

/** Measures one index for each size; the sizes take turns in every round. */
export function benchMasks(sizes = [1e3, 1e4, 1e5, 1e6], rounds = 15): MaskBench {
  const built = sizes.map((size) => {
    const masks = [...sampleMasks(size)]
    const index = new MaskIndex()
    const build = nanoseconds(size, () => index.addMany(masks)) / 1000
    return { masks: size, index, build, hit: hits(masks), miss: misses() }
  })
  const times = built.map((): Took[] => [])
  // The first rounds warm up; they are not counted.
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [i, { index, hit, miss }] of built.entries()) {
      const bulk = (list: string[]): number =>
        nanoseconds(list.length, () => index.lookupMany(list, SCOPES))
      const single = (list: string[]): number =>
        nanoseconds(SINGLE, () => {
          for (let j = 0; j < SINGLE; j++) index.lookup(list[j], SCOPES)
        })
      const mixed = hit.map((address, j) => (j % 2 ? address : miss[j]))
      const took = {
        hit: bulk(hit),
        miss: bulk(miss),
        singleHit: single(hit),
        singleMiss: single(miss),
        mixed: bulk(mixed),
      }
      if (round >= 0) times[i].push(took)
    }
  }
  const costs = built.map(({ masks, index, build }, i) => ({
    masks,
    hit: median(times[i], 'hit'),
    miss: median(times[i], 'miss'),
    singleHit: median(times[i], 'singleHit'),
    singleMiss: median(times[i], 'singleMiss'),
    bytes: index.bytes,
    bytesPerMask: index.bytes / index.size,
    build,
  }))
  const [least, most] = [costs[0], costs[costs.length - 1]]
  return {
    costs,
    ratios: {
      hit: most.hit / least.hit,
      miss: most.miss / least.miss,
      singleHit: most.singleHit / least.singleHit,
      singleMiss: most.singleMiss / least.singleMiss,
    },
    lookupsPerSecond: 1e9 / median(times[times.length - 1], 'mixed'),
  }
}

if (require.main === module) {
  const sizes = process.argv.slice(2).map(Number)
  const { costs, ratios, lookupsPerSecond } = benchMasks(sizes.length > 0 ? sizes : undefined)
  console.table(costs)
  console.table({ ...ratios, lookupsPerSecond })
}
