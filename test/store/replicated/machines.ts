// Several machines in one process: stores of their own on one log in memory.
import { randomUUID } from 'node:crypto'
import { afterAll } from 'vitest'
import { MemoryLog, type Fault, type Faults } from '../../../plugin/log/memory.ts'
import { BEGINNING } from '../../../plugin/store/replicated/position.ts'
import { compareViews } from '../../../plugin/store/replay.ts'
import { Store, type Cluster } from '../../../plugin/store/store.ts'
import { tempDir } from '../../tmp.ts'

const stores = new Set<Store>()
afterAll(async () => {
  for (const store of stores) await store.close()
})

export interface Machines {
  log: MemoryLog
  stores: Store[]
  halts: string[]
  /** Another process of a machine, or the machine again. */
  reopen(i: number, faults?: Faults, over?: Partial<Cluster>, dir?: string): Store
}

/** So many machines that follow one log, which begins with the data of the first. */
export async function machines(
  count: number,
  faults?: (i: number) => Faults,
  writeTimeoutMs = 60_000,
): Promise<Machines> {
  const log = new MemoryLog()
  const first = new Store({ dir: tempDir(), sync: false })
  const dirs = [first.dir]
  for (let i = 1; i < count; i++) {
    const dir = tempDir()
    await first.copy(dir)
    dirs.push(dir)
  }
  log.head = { ...log.head, seq: first.seq, chain: BEGINNING, epoch: randomUUID() }
  await first.close()
  const halts: string[] = []
  const open = (
    i: number,
    with_ = faults?.(i),
    over: Partial<Cluster> = {},
    dir = dirs[i],
  ): Store => {
    const node = `node${i}`
    const store = new Store({
      dir,
      sync: false,
      cluster: {
        log: log.of(with_),
        set: 'test',
        node,
        version: '1',
        logDays: 7,
        writeTimeoutMs,
        onHalt: (reason) => halts.push(`${node}: ${reason}`),
        ...over,
      },
    })
    stores.add(store)
    return store
  }
  for (const [i, dir] of dirs.entries()) {
    const store = new Store({ dir, sync: false })
    await store.belong({ set: 'test', node: `node${i}`, epoch: log.head.epoch })
    await store.close()
  }
  return { log, stores: dirs.map((_, i) => open(i)), halts, reopen: open }
}

/** Brings all to the end of the log; the first difference between their views, or null. */
export async function difference({
  stores: all,
}: Pick<Machines, 'stores'>): Promise<string | null> {
  for (const store of all) while (!(await store.barrier(10_000)));
  for (const other of all.slice(1)) {
    const found = compareViews(all[0].views, other.views)
    if (found) return found
  }
  return null
}

/** Faults drawn with a seed: each kind of request fails with this chance, and takes some ms. */
export function faults(seed: number, chance: number): Faults {
  let state = seed >>> 0 || 1
  const draw = (): number => {
    // Marsaglia, "Xorshift RNGs" (2003).
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
  const kinds: Fault[] = ['cut', 'lost', 'late', 'ended']
  return {
    next: (kind) => {
      if (draw() >= chance) return 'none'
      const fault = kinds[Math.floor(draw() * kinds.length)]
      return (fault === 'late' || fault === 'ended') && kind !== 'append' ? 'cut' : fault
    },
    wait: () => new Promise((resolve) => setTimeout(resolve, Math.floor(draw() * 4))),
  }
}
