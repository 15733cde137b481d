// How a machine comes into a cluster, and out of it.
import { randomUUID } from 'node:crypto'
import { Refused } from '../errors.ts'
import { beginLog, look, withPrimary, type ServerState } from '../log/postgres/begin.ts'
import * as sql from '../log/postgres/sql.ts'
import { putInPlace } from '../backup/restore.ts'
import { BEGINNING } from '../store/replicated/position.ts'
import { nodeOf } from './config.ts'
import { mustDatabase, withData, type Here } from './data.ts'

export interface Begun {
  set: string
  node: string
  seq: number
  server: ServerState
}

/** Makes this machine's data the beginning of a new log. They stay as they are, with their UIDs. */
export async function init(here: Here): Promise<Begun> {
  const database = mustDatabase(here.config)
  const { set } = here.config.cluster
  const node = nodeOf(here.config)
  const server = await withPrimary(database, look)
  if (server.refused !== null) throw new Refused('impossible', `${server.refused}.`)
  return await withData(here, async (store) => {
    const before = store.belonging
    if (before && (before.set !== set || before.node !== node))
      throw new Refused(
        'exists',
        `These data belong to the cluster '${before.set}' as '${before.node}' already.`,
      )
    if (!before) await store.nameWorkers(node)
    const { epoch, chain } = before ?? { epoch: randomUUID(), chain: BEGINNING }
    // First here: what was begun and not ended is ended by the same command.
    await store.belong({ set, node, epoch }, chain)
    const isNew = await beginLog(database, set, { seq: store.seq, chain, epoch, halt: '' })
    if (!isNew && !(await isOurs(here, epoch))) {
      if (!before) await store.belong(null)
      throw new Refused(
        'exists',
        `The database has a log of the name '${set}' already: join it (lazaret cluster join DIR), or give [cluster] set another name.`,
      )
    }
    return { set, node, seq: store.seq, server }
  })
}

async function isOurs({ config }: Here, epoch: string): Promise<boolean> {
  return await withPrimary(mustDatabase(config), async (connection) => {
    const { rows } = await connection.ask(sql.head(config.cluster.set), ASK_MS)
    return (rows as { epoch: string }[])[0]?.epoch === epoch
  })
}

const ASK_MS = 10_000

export interface Joined {
  set: string
  node: string
  /** Of whose data the backup is. */
  of: string
  seq: number
  aside: string | null
}

/** Puts a backup of another machine of the cluster in the place of the data: from there on this one follows the log. */
export async function join(
  here: Here,
  from: string,
  { replace }: { replace: boolean },
): Promise<Joined> {
  const { set } = here.config.cluster
  const node = nodeOf(here.config)
  const log = await logOf(here)
  const { aside } = putInPlace(from, here.dir, replace)
  return await withData(here, async (store) => {
    const found = store.belonging
    if (!found || found.set !== set)
      throw new Refused(
        'invalid',
        found
          ? `The backup is of the cluster '${found.set}', and [cluster] set is '${set}'.`
          : `The backup is of a machine that was in no cluster: begin the log there (lazaret cluster init), and make a backup then.`,
      )
    if (log.oldest !== null && log.oldest > store.seq)
      throw new Refused(
        'impossible',
        `The backup ends at event ${store.seq}, and the log begins behind ${log.oldest}: take a newer backup.`,
      )
    await store.belong({ set, node, epoch: found.epoch }, found.chain)
    return { set, node, of: found.node, seq: store.seq, aside }
  })
}

async function logOf({ config }: Here): Promise<{ oldest: number | null }> {
  const { set } = config.cluster
  return await withPrimary(mustDatabase(config), async (connection) => {
    const [head, entries] = await connection.flight([sql.head(set), sql.oldest(set)], ASK_MS)
    if (head.rows.length === 0)
      throw new Refused(
        'not-found',
        `The database has no log of the name '${set}': begin it on the machine whose data shall be everybody's (lazaret cluster init).`,
      )
    const [{ base }] = entries.rows as { base: string | null }[]
    return { oldest: base === null ? null : Number(base) }
  })
}

/** This machine's data are its own from now on. What the others have is theirs. */
export async function leave(here: Here): Promise<{ set: string; node: string }> {
  return await withData(here, async (store) => {
    const found = store.belonging
    if (!found) throw new Refused('not-found', 'These data belong to no cluster.')
    if (here.config.cluster.database !== '') await forget(here, found.node)
    await store.belong(null)
    return found
  })
}

/** A machine that is gone for good is not waited for any more. False: none of that name has told of itself. */
export async function forget({ config }: Here, node: string): Promise<boolean> {
  const { set } = config.cluster
  return await withPrimary(mustDatabase(config), async (connection) => {
    const { rowCount } = await connection.ask(sql.forgetMember(set, node), ASK_MS)
    return (rowCount ?? 0) > 0
  })
}
