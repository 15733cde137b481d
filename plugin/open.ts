// Joins store, filter and quarantine. One value a data directory and process, shared by the plugins.
import { resolve } from 'node:path'
import type { Config } from './config.ts'
import { Filter } from './filter/filter.ts'
import type { Login } from './mail.ts'
import { Follower } from './quarantine/follow.ts'
import { Quarantine } from './quarantine/quarantine.ts'
import { keptSummary } from './quarantine/summary.ts'
import { Store } from './store/store.ts'

export interface Lazaret {
  readonly config: Config
  readonly store: Store
  readonly filter: Filter
  readonly quarantine: Quarantine
  /** Closes the data directory when its last user has done so. */
  close(): Promise<void>
}

interface Opened {
  lazaret: Lazaret
  users: number
}

const opened = new Map<string, Opened>()

/** Whoever runs commands on this machine as the owner of the data: sees and may do everything. */
export const CLI: Login = { account: 'cli', tier: 'super-admin', scope: '' }

/** Opens the data directory, synchronously: Haraka's register() cannot wait. */
export function open(config: Config, dir: string): Lazaret {
  const key = resolve(dir)
  const known = opened.get(key)
  if (known) {
    known.users++
    return known.lazaret
  }
  const store = new Store({
    dir: key,
    mapSize: config.main.map_size_gb * 2 ** 30,
    summarize: keptSummary,
  })
  const filter = new Filter()
  const follower = new Follower(store, filter)
  const quarantine = new Quarantine({ store, filter, config, follower })
  const entry: Opened = {
    users: 1,
    lazaret: {
      config,
      store,
      filter,
      quarantine,
      close: async () => {
        if (--entry.users > 0) return
        opened.delete(key)
        await store.close()
      },
    },
  }
  opened.set(key, entry)
  return entry.lazaret
}
