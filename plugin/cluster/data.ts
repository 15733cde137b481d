// The data of this machine, apart from what runs on them: for what is done with a cluster while Haraka is stopped.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'
import type { Database } from '../log/postgres/url.ts'
import { DATA, usesOf } from '../store/file/uses.ts'
import { Store } from '../store/store.ts'
import { databaseOf } from './config.ts'

export interface Here {
  config: Config
  /** The data folder. */
  dir: string
}

/** Runs `act` with the data, which nobody else has open. */
export async function withData<T>(
  { config, dir }: Here,
  act: (store: Store) => Promise<T>,
): Promise<T> {
  if (!existsSync(join(dir, DATA)))
    throw new Refused(
      'not-found',
      `There are no data in ${dir}: start Haraka with the plugin once, or join with a backup of another machine.`,
    )
  if (usesOf(dir).alive > 0)
    throw new Refused(
      'busy',
      `The data in ${dir} are in use: stop Haraka (and every lazaret command) first.`,
    )
  const store = new Store({ dir, mapSize: config.main.map_size_gb * 2 ** 30, cluster: 'apart' })
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

export function mustDatabase(config: Config): Database {
  const database = databaseOf(config)
  if (!database)
    throw new Refused(
      'invalid',
      '[cluster] database is empty: write into lazaret.ini where the database of the cluster is, on each of its machines.',
    )
  return database
}
