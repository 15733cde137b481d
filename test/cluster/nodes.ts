// Machines of a cluster in this process, with all that runs on their data, on a log in memory that can be taken away.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { readConfig, type Ini } from '../../plugin/config.ts'
import { MemoryLog, type Fault, type Faults } from '../../plugin/log/memory.ts'
import { open, type Lazaret } from '../../plugin/open.ts'
import { BEGINNING } from '../../plugin/store/replicated/position.ts'
import { Store, type Cluster } from '../../plugin/store/store.ts'
import { tempDir } from '../tmp.ts'

/** The way of one machine to the log. */
export class Way implements Faults {
  /** The log cannot be reached. */
  isCut = false
  next(): Fault {
    return this.isCut ? 'cut' : 'none'
  }
  // oxlint-disable-next-line require-await -- others take their time
  async wait(): Promise<void> {}
}

export interface Node {
  name: string
  dir: string
  way: Way
  lazaret: Lazaret
}

export interface NodeOptions {
  ini?: Ini
  /** Of the first, before there are others. */
  prepare?: (lazaret: Lazaret) => Promise<void>
  cluster?: Partial<Cluster>
}

const opened = new Set<Lazaret>()
afterAll(async () => {
  for (const lazaret of opened) await lazaret.close()
})

/** So many of them. Nobody is told of news: they look every 250 ms. */
export async function nodes(
  count: number,
  { ini = {}, prepare, cluster }: NodeOptions = {},
): Promise<{ log: MemoryLog; nodes: Node[] }> {
  const config = readConfig({
    ...ini,
    main: { base_model: 'no' },
    settings: { release_delay: 0, ...(ini.settings as object | undefined) },
  })
  const log = new MemoryLog()
  const first = join(tempDir(), 'node0')
  const alone = open(config, first)
  await prepare?.(alone)
  const dirs = [first]
  for (let i = 1; i < count; i++) {
    const dir = tempDir()
    await alone.store.copy(dir)
    dirs.push(dir)
  }
  log.head = { ...log.head, seq: alone.store.seq, chain: BEGINNING, epoch: randomUUID() }
  await alone.close()
  const all: Node[] = []
  for (const [i, dir] of dirs.entries()) {
    const name = `node${i}`
    const way = new Way()
    const store = new Store({ dir, cluster: 'apart' })
    await store.belong({ set: 'test', node: name, epoch: log.head.epoch })
    await store.close()
    const lazaret = open(config, dir, {
      cluster: {
        log: { ...log.of(way), onNews: () => () => undefined },
        set: 'test',
        node: name,
        version: '1',
        logDays: 7,
        writeTimeoutMs: 1500,
        ...cluster,
      },
    })
    opened.add(lazaret)
    all.push({ name, dir, way, lazaret })
  }
  return { log, nodes: all }
}

/** Until a machine knows whether it can write. */
export async function knows({ lazaret }: Node, can: 'read' | 'write'): Promise<void> {
  while (lazaret.store.state.can !== can) await lazaret.store.barrier(50)
}
