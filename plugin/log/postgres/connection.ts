// One connection to one server: the only file that knows `pg`. What it answers late counts nothing: it is dead then.
import type { Client, ClientConfig, Notification, QueryResult } from 'pg'
import { Gone } from '../log.ts'
import type { Database, Server } from './url.ts'

export interface Statement {
  text: string
  values?: unknown[]
  /** Under this name the server keeps it prepared. */
  name?: string
}

/** The server's answer to one statement was an error: its SQLSTATE. */
export class SqlError extends Error {
  override name = 'SqlError'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const CONNECT_MS = 3000

export class Connection {
  readonly dead: Promise<void>
  isDead = false
  /** Warnings that came since they were last asked for. */
  #warnings: string[] = []
  readonly #client: Client
  #die: () => void = () => undefined

  private constructor(client: Client) {
    this.#client = client
    this.dead = new Promise((resolve) => {
      this.#die = resolve
    })
    client.on('error', () => this.close())
    client.on('end', () => this.close())
    client.on('notice', ({ severity, message }) => {
      if (severity === 'WARNING') this.#warnings.push(message ?? '')
    })
  }

  /** Throws Gone where it cannot be reached. */
  static async open(server: Server, database: Database): Promise<Connection> {
    const { Client: Postgres } = await load()
    const client = new Postgres(configOf(server, database))
    const connection = new Connection(client)
    try {
      await client.connect()
    } catch (error) {
      connection.close()
      throw new Gone(`${server.host}:${server.port}: ${sentence(error)}`)
    }
    return connection
  }

  /** Calls `listener` for each notification (LISTEN). */
  onNotification(listener: (channel: string) => void): void {
    this.#client.on('notification', ({ channel }: Notification) => listener(channel))
  }

  /**
   * Sends all of them at once. Throws the first SqlError when all are answered, Gone where that is not within `ms`.
   */
  async flight(statements: readonly Statement[], ms: number): Promise<QueryResult[]> {
    if (this.isDead) throw new Gone('the connection has ended')
    // Each has who looks at its end before anything is waited for: a connection that dies ends all of them.
    const answers = Promise.allSettled(statements.map((one) => this.#client.query(one)))
    const timer = setTimeout(() => this.close(), ms)
    const settled = await Promise.race([answers, this.dead.then(() => null)])
    clearTimeout(timer)
    if (settled === null || this.isDead) throw new Gone('the database did not answer in time')
    const results: QueryResult[] = []
    for (const one of settled) {
      if (one.status === 'rejected') throw errorOf(one.reason)
      results.push(one.value)
    }
    return results
  }

  async ask(statement: Statement, ms: number): Promise<QueryResult> {
    const [result] = await this.flight([statement], ms)
    return result
  }

  /** The same; an error of the server is nothing. */
  async tryTo(text: string, ms: number): Promise<QueryResult | null> {
    try {
      return await this.ask({ text }, ms)
    } catch (error) {
      if (error instanceof SqlError) return null
      throw error
    }
  }

  takeWarnings(): string[] {
    return this.#warnings.splice(0)
  }

  close(): void {
    if (this.isDead) return
    this.isDead = true
    this.#die()
    // At once: who does not answer does not say goodbye either.
    const { stream } = (
      this.#client as unknown as { connection?: { stream?: { destroy(): void } } }
    ).connection ?? { stream: undefined }
    stream?.destroy()
  }
}

async function load(): Promise<typeof import('pg')> {
  try {
    const module = await import('pg')
    return module.default
  } catch (error) {
    throw new Error(
      '[cluster] database is set, and the package pg is not installed: npm install pg',
      {
        cause: error,
      },
    )
  }
}

function configOf(
  { host, port }: Server,
  { user, password: read, database, tls }: Database,
): ClientConfig {
  const near = host.startsWith('/')
  const password = read()
  return {
    host,
    port,
    user,
    database,
    ...(password !== null && { password }),
    ssl:
      tls.mode === 'disable' || near
        ? false
        : {
            rejectUnauthorized: tls.mode === 'verify-full',
            ...(tls.ca !== null && { ca: tls.ca }),
          },
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'lazaret',
    // A turn is one round trip.
    pipeline: true,
  }
}

function errorOf(reason: unknown): Error {
  const { code, severity } = reason as { code?: unknown; severity?: unknown }
  // What the server said has a severity; all else is the connection's.
  if (typeof code === 'string' && typeof severity === 'string')
    return new SqlError(code, sentence(reason))
  return new Gone(sentence(reason))
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
