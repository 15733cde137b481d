// Beginning, mending and asking about a log: what a person does with it, beside the machines that use it.
import { Refused } from '../../errors.ts'
import { Gone, type Head } from '../log.ts'
import { Connection, type Statement } from './connection.ts'
import * as sql from './sql.ts'
import type { Database } from './url.ts'

const ASK_MS = 10_000

/** Runs `act` with a connection to the server that takes writes. Throws Refused where there is none. */
export async function withPrimary<T>(
  database: Database,
  act: (connection: Connection) => Promise<T>,
): Promise<T> {
  const why: string[] = []
  for (const server of database.servers) {
    let connection: Connection
    try {
      connection = await Connection.open(server, database)
    } catch (error) {
      if (!(error instanceof Gone)) throw error
      why.push(error.message)
      continue
    }
    try {
      const { rows } = await connection.ask({ text: 'SHOW transaction_read_only' }, ASK_MS)
      const [{ transaction_read_only: readOnly }] = rows as { transaction_read_only: string }[]
      if (readOnly === 'off') return await act(connection)
      why.push(`${server.host}:${server.port} is a standby`)
    } finally {
      connection.close()
    }
  }
  throw new Refused('busy', `No server of [cluster] database takes writes: ${why.join('; ')}.`)
}

/** Makes the tables, and the log of a data set that ends at `head`. False: there is one of that name. */
export async function beginLog(
  database: Database,
  set: string,
  head: Omit<Head, 'level'>,
): Promise<boolean> {
  return await withPrimary(database, async (connection) => {
    for (const text of sql.TABLES) await connection.ask({ text }, ASK_MS)
    const { rows } = await connection.ask(sql.head(set), ASK_MS)
    if (rows.length > 0) return false
    await connection.ask(sql.begin(set, head), ASK_MS)
    return true
  })
}

/** Runs statements in one transaction: all or none. */
export async function inOne(
  connection: Connection,
  statements: readonly Statement[],
): Promise<void> {
  await connection.flight([sql.BEGIN, ...statements, { text: 'COMMIT' }], ASK_MS)
}

/** What an administrator should know of the server, in sentences, worst first. */
export interface ServerState {
  version: string
  /** Why it may not be used. */
  refused: string | null
  warnings: string[]
}

const OLDEST = 14

export async function look(connection: Pick<Connection, 'tryTo'>): Promise<ServerState> {
  const show = async (name: string): Promise<string> => {
    const found = await connection.tryTo(`SHOW ${name}`, ASK_MS)
    const [row] = (found?.rows ?? []) as Record<string, string>[]
    return row ? Object.values(row)[0] : ''
  }
  const version = await show('server_version')
  const warnings: string[] = []
  // Others that speak the protocol say a number of PostgreSQL's as well, which is not theirs.
  const made = await connection.tryTo('SELECT version() AS by', ASK_MS)
  const [{ by }] = (made?.rows ?? [{ by: '' }]) as { by: string }[]
  const isIt = by.startsWith('PostgreSQL ') && !by.includes('-YB-')
  const isOld = isIt && Number.parseInt(version, 10) < OLDEST
  const refused =
    (await show('fsync')) === 'off'
      ? 'the database runs with fsync = off: what it acknowledges may be gone after a power failure. Set fsync = on'
      : isOld
        ? `the database is PostgreSQL ${version}: ${OLDEST} is the oldest that will do. Upgrade it, or take another one`
        : null
  if ((await show('synchronous_standby_names')) === '')
    warnings.push(
      'no synchronous standby is set (synchronous_standby_names): a message that was accepted survives the loss of any mail server, but not of the disk of the database',
    )
  else {
    // To an ordinary role all but the rows themselves is NULL.
    const standbys = await connection.tryTo(
      "SELECT count(*) AS n FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum') OR sync_state IS NULL",
      ASK_MS,
    )
    const [row] = (standbys?.rows ?? []) as { n: string }[]
    if (row && Number(row.n) === 0) warnings.push('writes wait for a standby: none is connected')
  }
  return { version, refused, warnings }
}
