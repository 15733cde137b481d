// Joins store, filter and quarantine. One value a data directory and process, shared by the plugins.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { outside } from './backends/index.ts'
import type { Config } from './config.ts'
import { Filter } from './filter/filter.ts'
import { FEATURE_VERSION } from './filter/kernel.ts'
import type { Login } from './mail.ts'
import { Follower } from './quarantine/follower.ts'
import { beginWithPrior } from './quarantine/model/model.ts'
import { DataError } from './errors.ts'
import { isCurrent, relearn, type Relearned } from './quarantine/model/relearn.ts'
import { Quarantine } from './quarantine/quarantine.ts'
import { onDamage } from './store/blobs.ts'
import { settleFile } from './store/file/settle.ts'
import { FORMAT } from './store/format.ts'
import { Store, type Cluster } from './store/store.ts'
import { clusterOf } from './cluster/config.ts'

export interface Lazaret {
  readonly config: Config
  /** What opening did that people should know, in sentences. */
  readonly notes: readonly string[]
  readonly store: Store
  readonly filter: Filter
  readonly quarantine: Quarantine
  /** Calls back with a line for the log when bytes on the disk are found damaged, in this thread. */
  onDamage(listener: (line: string) => void): void
  /** The same when this machine of several stops writing until a person has looked, and when it goes on. */
  onHalt(listener: (line: string) => void): void
  /** Closes the data directory when its last user has done so. */
  close(): Promise<void>
}

/** Throws, in a sentence, where the data in `dir` cannot be used. For a process that will not open them itself. */
export function settleData(dir: string): void {
  settleFile(resolve(dir))
}

interface Opened {
  lazaret: Lazaret
  users: number
}

const opened = new Map<string, Opened>()

/** Whoever runs commands on this machine as the owner of the data: sees and may do everything. */
export const CLI: Login = { account: 'cli', tier: 'super-admin', scope: '' }

export interface OpenOptions {
  /** The data are not those of a running server: where they belong to several machines they are only read. */
  apart?: boolean
  /** Of several machines, unless `config` says it. */
  cluster?: Cluster
}

/** Opens the data directory, synchronously: Haraka's register() cannot wait. */
export function open(
  config: Config,
  dir: string,
  { apart = false, cluster }: OpenOptions = {},
): Lazaret {
  const key = resolve(dir)
  const known = opened.get(key)
  if (known) {
    known.users++
    return known.lazaret
  }
  // Ahead of the data: what is wrong in lazaret.ini is said before anything is touched.
  const others = outside(config)
  const halts = new Set<(line: string) => void>()
  const several = cluster ?? (apart ? null : clusterOf(config))
  const store = new Store({
    dir: key,
    mapSize: config.main.map_size_gb * 2 ** 30,
    cluster: apart
      ? 'apart'
      : several && { ...several, onHalt: (why) => halts.forEach((tell) => tell(haltTold(why))) },
  })
  const filter = new Filter()
  const follower = new Follower(store, filter)
  const ctx = { store, filter, config, follower, outside: others }
  const base = (): Uint8Array | null => (config.main.base_model ? baseModel() : null)
  if (config.main.base_model && store.seq === 1) beginWithPrior(ctx, baseModel())
  const notes = [
    ...(store.tightened ? [store.tightened] : []),
    ...migrated(store),
    ...relearned(store.belonging ? sameFeatures(store) : relearn(ctx, base)),
  ]
  const quarantine = new Quarantine(ctx)
  const entry: Opened = {
    users: 1,
    lazaret: {
      config,
      notes,
      store,
      filter,
      quarantine,
      onDamage,
      onHalt: (listener) => void halts.add(listener),
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

function migrated({ migrated: from, dir }: Store): string[] {
  if (from === null) return []
  return [
    `the data in ${dir} were of format ${from} and are of format ${FORMAT} now; older versions do not read them any more`,
  ]
}

function haltTold(why: string): string {
  return why === ''
    ? 'this machine of the cluster writes again'
    : `this machine of the cluster has stopped writing, and mail to be held is answered 451: ${why} (lazaret cluster status)`
}

/** What several machines have learned is learned anew by none of them alone. */
function sameFeatures(store: Store): null {
  if (isCurrent(store)) return null
  throw new DataError(
    `the model in ${store.dir} is of other features than this version reads (${FEATURE_VERSION}), and belongs to a cluster: ` +
      'install the version that its other machines have; docs/cluster.md says how all of them are upgraded',
  )
}

function relearned(done: Relearned | null): string[] {
  if (!done) return []
  const { from, learned, lost } = done
  const rest =
    lost > 0
      ? `; ${lost} do not count any more, since their messages are gone: train again with the files they came from`
      : ''
  return [
    `what was learned was of features ${from}, this version reads ${FEATURE_VERSION}: ${learned} messages were learned anew${rest}`,
  ]
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
