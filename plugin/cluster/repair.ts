// After the database has lost or forked its end: the log goes on from what one machine has.
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Refused } from '../errors.ts'
import { chainOf, lastOf, type Entry } from '../log/log.ts'
import { inOne, withPrimary } from '../log/postgres/begin.ts'
import type { Connection } from '../log/postgres/connection.ts'
import {
  entryOf,
  headOf,
  memberOf,
  type EntryRow,
  type HeadRow,
  type MemberRow,
} from '../log/postgres/rows.ts'
import * as sql from '../log/postgres/sql.ts'
import type { Store } from '../store/store.ts'
import { mustDatabase, withData, type Here } from './data.ts'

const ASK_MS = 30_000

export interface Repaired {
  /** Where the log ends now. */
  seq: number
  /** Events that this machine gave back to it: they were acknowledged, and the database had lost them. */
  restored: number
  /** Events that only the log had, and does not have any more. */
  discarded: number
  /** File with them; null: there were none. */
  kept: string | null
}

/**
 * Makes this machine's events those of the log. Refused where another machine is ahead, or the log has events that are not here,
 * unless they are to be discarded: then they are written into a file.
 */
export async function repair(here: Here, { discard }: { discard: boolean }): Promise<Repaired> {
  const database = mustDatabase(here.config)
  const { set } = here.config.cluster
  return await withData(here, async (store) => {
    const belonging = store.belonging
    if (belonging?.set !== set)
      throw new Refused('not-found', `These data do not belong to the cluster '${set}'.`)
    return await withPrimary(database, async (connection) => {
      const [heads, all] = await connection.flight([sql.head(set), sql.members(set)], ASK_MS)
      const [row] = heads.rows as HeadRow[]
      if (!row) throw new Refused('not-found', `The database has no log of the name '${set}'.`)
      const head = headOf(row)
      const ahead = (all.rows as MemberRow[]).map(memberOf).filter(({ seq }) => seq > store.seq)
      if (ahead.length > 0 && !discard)
        throw new Refused(
          'conflict',
          `${ahead.map(({ node, seq }) => `${node} (up to event ${seq})`).join(', ')} has more than this machine (up to ${store.seq}): repair from there. ` +
            'If it is lost, --discard gives up what only it had.',
        )
      const strange = await strangers(connection, set, store)
      const discarded = strange.reduce((sum, { count }) => sum + count, 0)
      if (discarded > 0 && !discard)
        throw new Refused(
          'conflict',
          `The log has ${discarded} events from ${strange[0].base + 1} on that this machine does not have: start it, so that it takes them, or, ` +
            'if they are of a database that went its own way, --discard takes them out and writes them into a file.',
        )
      const kept = discarded > 0 ? keep(here.dir, strange) : null
      const epoch = randomUUID()
      const { seq } = store
      await inOne(connection, sql.repair(set, { seq, chain: belonging.chain, epoch, halt: '' }))
      await store.belong({ ...belonging, epoch }, belonging.chain)
      return { seq, restored: Math.max(0, seq - (head.seq - discarded)), discarded, kept }
    })
  })
}

/** Entries of the log that do not end where this machine was once. */
async function strangers(connection: Connection, set: string, store: Store): Promise<Entry[]> {
  const strange: Entry[] = []
  for (let after = 0; ;) {
    const { rows } = await connection.ask(sql.entries(set, after), ASK_MS)
    const entries = (rows as EntryRow[]).map(entryOf)
    if (entries.length === 0) return strange
    for (const entry of entries) {
      after = lastOf(entry)
      const ours = store.chainAt(after)
      // Before what is remembered: this machine has followed it.
      const isOld = after < store.seq && ours === null && strange.length === 0
      if (!isOld && (ours === null || Buffer.compare(ours, chainOf(entry)) !== 0))
        strange.push(entry)
    }
  }
}

function keep(dir: string, entries: readonly Entry[]): string {
  const folder = join(dir, 'repaired')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`)
  const all = entries.map(({ prev, bytes, ...entry }) => ({
    ...entry,
    prev: Buffer.from(prev).toString('hex'),
    bytes: Buffer.from(bytes).toString('base64'),
  }))
  writeFileSync(path, `${JSON.stringify(all)}\n`, { mode: 0o600 })
  return path
}
