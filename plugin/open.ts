// Joins store, filter and quarantine. One value a data directory and process, shared by the plugins.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from './config.ts'
import { Filter } from './filter/filter.ts'
import type { Login } from './mail.ts'
import { Follower } from './quarantine/follower.ts'
import { beginWithPrior } from './quarantine/model/model.ts'
import { Quarantine } from './quarantine/quarantine.ts'
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
  const store = new Store({ dir: key, mapSize: config.main.map_size_gb * 2 ** 30 })
  const filter = new Filter()
  const follower = new Follower(store, filter)
  const ctx = { store, filter, config, follower }
  if (config.main.base_model && store.seq === 1) beginWithPrior(ctx, baseModel())
  const quarantine = new Quarantine(ctx)
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

/** config/base.model of the package, of which this file is a source or a build (dist/plugin). */
function baseModel(): Buffer {
  const places = ['..', '../..'].map((up) => join(__dirname, up, 'config/base.model'))
  const path = places.find((place) => existsSync(place))
  if (!path)
    throw new Error(
      `${places[0]} is missing: install the package anew, or set main.base_model = no`,
    )
  return readFileSync(path)
}
