// The log in a database that speaks PostgreSQL's protocol.
import { Gone, Taken, type Log, type Session, type Telling } from './log.ts'
import { look } from './postgres/begin.ts'
import { Connection } from './postgres/connection.ts'
import { PostgresSession } from './postgres/session.ts'
import * as sql from './postgres/sql.ts'
import type { Database, Server } from './postgres/url.ts'

/** How long a server may take to confirm: its commit waits for the standby. */
const CONFIRM_MS = 3000
const ASK_MS = 5000

export class PostgresLog implements Log {
  readonly #database: Database
  readonly #set: string
  readonly #listeners = new Set<() => void>()
  readonly #sessions = new Set<PostgresSession>()
  /** Servers that may be used, by identity. */
  readonly #looked = new Set<string>()
  /** Which server is asked first. */
  #first = 0

  constructor(database: Database, set: string) {
    this.#database = database
    this.#set = set
  }

  async open(me: Telling): Promise<Session> {
    const { servers } = this.#database
    const why: string[] = []
    for (let i = 0; i < servers.length; i++) {
      const at = (this.#first + i) % servers.length
      try {
        const session = await this.#openAt(servers[at], me)
        this.#first = at
        void session.dead.then(() => {
          this.#sessions.delete(session)
          // Whoever died is asked last.
          this.#first = (at + 1) % servers.length
        })
        return session
      } catch (error) {
        if (!(error instanceof Gone) || error instanceof Taken) throw error
        why.push(error.message)
      }
    }
    throw new Gone(why.join('; '))
  }

  onNews(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  // oxlint-disable-next-line require-await -- as the interface has it
  async close(): Promise<void> {
    for (const session of this.#sessions) session.close()
  }

  async #openAt(server: Server, me: Telling): Promise<PostgresSession> {
    const opened: Connection[] = []
    try {
      const open = async (): Promise<Connection> => {
        const one = await Connection.open(server, this.#database)
        opened.push(one)
        return one
      }
      const turns = await open()
      await mustWrite(turns, server)
      const [rest, ping] = await Promise.all([open(), open()])
      for (const one of [turns, rest])
        for (const text of sql.SETTINGS) await one.tryTo(text, ASK_MS)
      const notifies = (await ping.tryTo(`LISTEN ${sql.CHANNEL}`, ASK_MS)) !== null
      ping.onNotification(() => {
        for (const listener of this.#listeners) listener()
      })
      const started = await turns.tryTo('SELECT pg_postmaster_start_time()::text AS at', ASK_MS)
      const { at } = (started?.rows[0] ?? { at: '' }) as { at: string }
      const identity = at === '' ? '' : `${server.host}:${server.port} ${at}`
      if (!this.#looked.has(identity)) {
        const { refused } = await look(turns)
        if (refused !== null) throw new Gone(`${server.host}:${server.port}: ${refused}`)
        this.#looked.add(identity)
      }
      // The confirmation: its commit waits for the standby, so all that was visible before is there.
      const [{ rowCount }] = await rest.flight([sql.beat(this.#set, me)], CONFIRM_MS)
      if (rowCount === 0) throw new Taken(me.node)
      if (rest.takeWarnings().length > 0)
        throw new Gone(`${server.host}: the confirmation may be on no standby`)
      const session = new PostgresSession(this.#set, identity, { turns, rest, ping }, notifies)
      this.#sessions.add(session)
      return session
    } catch (error) {
      // All or none: connections that are left over are the server's last.
      for (const one of opened) one.close()
      if (error instanceof Gone) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new Gone(`${server.host}:${server.port}: ${reason}`)
    }
  }
}

async function mustWrite(connection: Connection, { host, port }: Server): Promise<void> {
  const { rows } = await connection.ask({ text: 'SHOW transaction_read_only' }, ASK_MS)
  const [{ transaction_read_only: readOnly }] = rows as { transaction_read_only: string }[]
  if (readOnly !== 'off') throw new Gone(`${host}:${port} takes no writes: it is a standby`)
}
