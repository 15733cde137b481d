// [cluster] as the store wants it.
import { hostname } from 'node:os'
import type { Config } from '../config.ts'
import { PostgresLog } from '../log/postgres.ts'
import { parseDatabase, type Database } from '../log/postgres/url.ts'
import type { Cluster } from '../store/store.ts'
import { VERSION } from '../version.ts'

/** Name of this machine among the others. */
export function nodeOf({ cluster: { node } }: Pick<Config, 'cluster'>): string {
  return node === '' ? hostname() : node
}

/** Null: this machine alone. Throws Refused where the address of the database will not do. */
export function databaseOf({ cluster }: Pick<Config, 'cluster'>): Database | null {
  return cluster.database === '' ? null : parseDatabase(cluster.database, cluster.password_file)
}

export function clusterOf(config: Pick<Config, 'cluster'>): Cluster | null {
  const database = databaseOf(config)
  if (!database) return null
  const { set, write_timeout_s: seconds, log_days: logDays } = config.cluster
  return {
    log: new PostgresLog(database, set),
    set,
    node: nodeOf(config),
    version: VERSION,
    logDays,
    writeTimeoutMs: seconds * 1000,
  }
}
