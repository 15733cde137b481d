// How a cluster stands, and what is wrong with it.
import { Refused } from '../errors.ts'
import { clockOff, clockTold, SILENT_MS, type Head, type Member } from '../log/log.ts'
import { look, withPrimary, type ServerState } from '../log/postgres/begin.ts'
import type { Connection } from '../log/postgres/connection.ts'
import { headOf, memberOf } from '../log/postgres/rows.ts'
import * as sql from '../log/postgres/sql.ts'
import type { Store } from '../store/store.ts'
import { SECOND } from '../time.ts'
import { nodeOf } from './config.ts'
import { mustDatabase, type Here } from './data.ts'

const ASK_MS = 10_000
/** A clock that is off the others by more is told of; by more than a minute its machine does not write. */
const CLOCK_MS = 5 * SECOND
/** UIDs are seqs, and have 32 bits (RFC 9051 §2.3.1.1). */
const SEQ_WARN = 2 ** 31

export interface ClusterState {
  set: string
  node: string
  /** Null: the database cannot be reached. */
  log: { head: Head; server: ServerState; members: Member[] } | null
  here: { seq: number; chain: string }
  /** What is wrong, in sentences that say what to do, worst first; none: all is well. */
  findings: string[]
}

export async function stateOf(here: Here, store: Store): Promise<ClusterState> {
  const { set } = here.config.cluster
  const database = mustDatabase(here.config)
  const node = nodeOf(here.config)
  store.refresh()
  const { belonging, seq } = store
  const chain = Buffer.from(belonging?.chain ?? []).toString('hex')
  const state = { set, node, here: { seq, chain } }
  let log: ClusterState['log']
  try {
    log = await withPrimary(database, (connection) => read(connection, set))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return {
      ...state,
      log: null,
      findings: [
        `${error.message.replace(/\.$/, '')}: nothing is held or changed until it answers`,
      ],
    }
  }
  return { ...state, log, findings: findings(log, store) }
}

async function read(
  connection: Connection,
  set: string,
): Promise<NonNullable<ClusterState['log']>> {
  const [heads, members] = await connection.flight([sql.head(set), sql.members(set)], ASK_MS)
  const [head] = heads.rows as Parameters<typeof headOf>[0][]
  if (!head)
    throw new Refused(
      'not-found',
      `The database has no log of the name '${set}' (lazaret cluster init).`,
    )
  return {
    head: headOf(head),
    server: await look(connection),
    members: (members.rows as Parameters<typeof memberOf>[0][]).map(memberOf),
  }
}

function findings(
  { head, server, members }: NonNullable<ClusterState['log']>,
  store: Store,
): string[] {
  const found: string[] = []
  if (head.halt !== '')
    found.push(
      `the cluster has stopped writing: ${head.halt}. Run lazaret cluster repair on the machine that is furthest ahead`,
    )
  if (store.seq > head.seq)
    found.push(
      `the log ends at event ${head.seq}, and this machine has ${store.seq - head.seq} more: the database has lost its end. Run lazaret cluster repair`,
    )
  const ours = store.chainAt(head.seq)
  if (ours && Buffer.compare(ours, head.chain) !== 0)
    found.push(
      `the log has other events up to ${head.seq} than this machine: the database has forked. Run lazaret cluster repair on the machine whose events shall stand`,
    )
  if (server.refused !== null) found.push(server.refused)
  found.push(...server.warnings)
  for (const { node, silent, seq } of members) {
    const off = clockOff(members, node)
    if (silent > SILENT_MS)
      found.push(
        `${node} has said nothing for ${Math.round(silent / SECOND)} s: start it, or, if it is gone for good, lazaret cluster forget ${node}`,
      )
    else if (Math.abs(off) > CLOCK_MS) found.push(clockTold(node, off))
    if (seq > head.seq)
      found.push(`${node} has events up to ${seq}, and the log ends at ${head.seq}`)
  }
  const known = Math.min(...members.map(({ level }) => level))
  if (members.length > 0 && known > head.level)
    found.push(
      `all machines know level ${known}, and write at ${head.level}: lazaret cluster upgrade`,
    )
  if (head.seq > SEQ_WARN)
    found.push(`half of all 2^32 UIDs are used (${head.seq}): plan for a new data set`)
  return found
}
