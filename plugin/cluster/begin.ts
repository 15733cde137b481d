// How a machine comes into a cluster, and out of it.
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { Refused } from '../errors.ts'
import { SILENT_MS, Taken, type Member } from '../log/log.ts'
import { beginLog, look, withPrimary, type ServerState } from '../log/postgres/begin.ts'
import { memberOf, type HeadRow, type MemberRow } from '../log/postgres/rows.ts'
import * as sql from '../log/postgres/sql.ts'
import { putInPlace } from '../backup/restore.ts'
import { open } from '../open.ts'
import { DATA } from '../store/file/uses.ts'
import { lifeOf } from '../store/replicated/life.ts'
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
  const before = existsSync(joinPath(here.dir, DATA)) ? lifeOf(here.dir) : null
  const there = log.members.find((one) => one.node === node && one.silent < SILENT_MS)
  if (there && there.life !== before)
    throw new Refused(
      'conflict',
      `${sentenceOf(new Taken(node).message)} It told of itself from ${there.life.split(' ', 1)[0]} a moment ago.`,
    )
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
    if (log.begin > store.seq)
      throw new Refused(
        'impossible',
        `The backup ends at event ${store.seq}, and the log begins behind ${log.begin}: take a newer backup.`,
      )
    await store.belong({ set, node, epoch: found.epoch }, found.chain)
    // What was here of this name is no more: nobody waits until it has been silent.
    if (before !== null) await forgetLife(here, before)
    return { set, node, of: found.node, seq: store.seq, aside }
  })
}

const sentenceOf = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

async function forgetLife({ config }: Here, life: string): Promise<void> {
  await withPrimary(mustDatabase(config), async (connection) => {
    await connection.ask(sql.forgetLife(config.cluster.set, life), ASK_MS)
  })
}

async function logOf({ config }: Here): Promise<{ begin: number; members: Member[] }> {
  const { set } = config.cluster
  return await withPrimary(mustDatabase(config), async (connection) => {
    const [head, entries, members] = await connection.flight(
      [sql.head(set), sql.oldest(set), sql.members(set)],
      ASK_MS,
    )
    if (head.rows.length === 0)
      throw new Refused(
        'not-found',
        `The database has no log of the name '${set}': begin it on the machine whose data shall be everybody's (lazaret cluster init).`,
      )
    const [{ base }] = entries.rows as { base: string | null }[]
    return {
      begin: Number(base ?? (head.rows as HeadRow[])[0].seq),
      members: (members.rows as MemberRow[]).map(memberOf),
    }
  })
}

export interface Left {
  set: string
  node: string
  /** Releases that came back to where they were caught. */
  cameBack: number
}

/** This machine's data are its own from now on. What the others have is theirs. */
export async function leave(here: Here): Promise<Left> {
  const found = await withData(here, async (store) => {
    const found = store.belonging
    if (!found) throw new Refused('not-found', 'These data belong to no cluster.')
    if (here.config.cluster.database !== '') await forget(here, found.node)
    await store.belong(null)
    return found
  })
  const cluster = { ...here.config.cluster, database: '' }
  const lazaret = open({ ...here.config, cluster }, here.dir)
  try {
    // The others have them as well: who goes on with them is for a person to say.
    const cameBack = await lazaret.quarantine.system.giveUpReleases(
      `This machine left the cluster '${found.set}' while this release was under way there: it may have been delivered or not. Ask the recipient before you release it again.`,
    )
    return { set: found.set, node: found.node, cameBack }
  } finally {
    await lazaret.close()
  }
}

/** A machine that is gone for good is not waited for any more. False: none of that name has told of itself. */
export async function forget({ config }: Here, node: string): Promise<boolean> {
  const { set } = config.cluster
  return await withPrimary(mustDatabase(config), async (connection) => {
    const { rowCount } = await connection.ask(sql.forgetMember(set, node), ASK_MS)
    return (rowCount ?? 0) > 0
  })
}
