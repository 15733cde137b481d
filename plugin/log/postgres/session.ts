// One life with one server: a connection that takes turns, one for all else, and one that asks whether it still lives.
import {
  Busy,
  Fork,
  Gone,
  Taken,
  Trimmed,
  type BlobRef,
  type Counted,
  type Entry,
  type Found,
  type Member,
  type Session,
  type Telling,
} from '../log.ts'
import { SqlError, type Connection, type Statement } from './connection.ts'
import { entryOf, headOf, memberOf, type EntryRow, type HeadRow, type MemberRow } from './rows.ts'
import * as sql from './sql.ts'

/** Somebody else has the lock, or the transaction has to be run again (SQLSTATE). */
const AGAIN = new Set(['55P03', '40001', '40P01'])

/** For how long the server may be silent, ms: longer for who waits for a lock. */
const TURN_MS = 8000
const APPEND_MS = 5000
const ASK_MS = 10_000
const PING_EVERY_MS = 1000
const PING_MS = 2500
/** Statements of a large blob that are under way at a time. */
const PARTS_AT_ONCE = 4

export interface Connections {
  turns: Connection
  rest: Connection
  ping: Connection
}

export class PostgresSession implements Session {
  readonly identity: string
  readonly dead: Promise<void>
  readonly #set: string
  readonly #all: Connections
  readonly #notifies: boolean
  readonly #timer: NodeJS.Timeout
  #busy = 0

  /** @param notifies whether the server knows NOTIFY */
  constructor(set: string, identity: string, all: Connections, notifies: boolean) {
    this.#set = set
    this.identity = identity
    this.#all = all
    this.#notifies = notifies
    this.dead = Promise.race(Object.values(all).map((one: Connection) => one.dead))
    void this.dead.then(() => this.close())
    this.#timer = setInterval(() => this.#ping(), PING_EVERY_MS).unref()
  }

  async turn(after: number): Promise<Found> {
    const { turns, rest } = this.#all
    try {
      const [, head, entries] = await turns.flight(sql.turn(this.#set, after), TURN_MS)
      this.#busy = 0
      return await this.#found(head.rows, entries.rows, after)
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      await turns.flight([sql.ROLLBACK], ASK_MS)
      if (!AGAIN.has(error.code)) throw gone(error)
      if (++this.#busy % 2 === 0) await rest.tryTo(sql.END_STALLED, ASK_MS)
      throw new Busy(error.message)
    }
  }

  async append(entry: Entry, blobs: ReadonlyMap<string, Uint8Array> = new Map()): Promise<boolean> {
    const { turns } = this.#all
    turns.takeWarnings()
    const statements = [
      ...Array.from(blobs, ([name, bytes]) => sql.putPart(this.#set, name, 0, 1, bytes)),
      sql.append(this.#set, entry),
      ...(this.#notifies ? [sql.NOTIFY] : []),
      COMMIT,
    ]
    let answers
    try {
      answers = await turns.flight(statements, APPEND_MS)
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      // Not in; but where its COMMIT failed alone, who knows (40003).
      if (error.code === '40003') throw this.#died(`the commit has no known end: ${error.message}`)
      await turns.flight([sql.ROLLBACK], ASK_MS)
      return false
    }
    // A commit that was cancelled while it waited for the standby says COMMIT, with a warning.
    const [warning] = turns.takeWarnings()
    if (warning !== undefined) throw this.#died(`the commit may be on no standby: ${warning}`)
    const committed = answers.at(-1)
    return answers[blobs.size].rowCount === 1 && committed?.command === 'COMMIT'
  }

  async release(): Promise<void> {
    await this.#all.turns.flight([sql.ROLLBACK], ASK_MS)
  }

  async read(after: number): Promise<Found> {
    const [head, entries] = await this.#rest([sql.head(this.#set), sql.entries(this.#set, after)])
    return await this.#found(head.rows, entries.rows, after)
  }

  async putBlob(
    { name, size }: BlobRef,
    pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const parts = Math.max(1, Math.ceil(size / sql.PART))
    let group: Statement[] = []
    let at = 0
    for await (const bytes of partsOf(pieces)) {
      group.push(sql.putPart(this.#set, name, at++, parts, bytes))
      if (group.length < PARTS_AT_ONCE) continue
      await this.#write(group)
      group = []
    }
    if (at === 0) group.push(sql.putPart(this.#set, name, at, parts, new Uint8Array()))
    if (group.length > 0) await this.#write(group)
  }

  async getBlobs(names: readonly string[]): Promise<Map<string, Uint8Array>> {
    const [{ rows }] = await this.#rest([sql.blobs(this.#set, names)])
    return new Map(
      (rows as { name: string; bytes: Buffer }[]).map(({ name, bytes }) => [name, bytes]),
    )
  }

  async getBlob(name: string): Promise<AsyncIterable<Uint8Array> | null> {
    const first = await this.#part(name, 0)
    return first && this.#parts(name, first)
  }

  async *#parts(name: string, { parts, bytes }: Part): AsyncGenerator<Uint8Array> {
    yield bytes
    for (let at = 1; at < parts; at++) {
      const one = await this.#part(name, at)
      if (!one) throw new Gone(`part ${at} of blob ${name} is missing in the log`)
      yield one.bytes
    }
  }

  async #part(name: string, at: number): Promise<Part | null> {
    const [{ rows }] = await this.#rest([sql.part(this.#set, name, at)])
    return (rows as Part[]).at(0) ?? null
  }

  async beat(me: Telling): Promise<string> {
    const [{ rowCount }, { rows }] = await this.#write([
      sql.beat(this.#set, me),
      sql.asked(this.#set),
    ])
    if (rowCount === 0) {
      this.close()
      throw new Taken(me.node)
    }
    return (rows as { ask: string }[]).at(0)?.ask ?? ''
  }

  async answer(asked: string, counted: Counted): Promise<void> {
    await this.#write([sql.answer(this.#set, asked, counted)])
  }

  async members(): Promise<Member[]> {
    const [{ rows }] = await this.#rest([sql.members(this.#set)])
    return (rows as MemberRow[]).map(memberOf)
  }

  async halt(reason: string): Promise<void> {
    await this.#write([sql.halt(this.#set, reason)])
  }

  async trim(days: number): Promise<number> {
    const [entries] = await this.#rest(sql.trim(this.#set, days))
    return entries.rowCount ?? 0
  }

  close(): void {
    clearInterval(this.#timer)
    for (const one of Object.values(this.#all) as Connection[]) one.close()
  }

  async #rest(
    statements: readonly Statement[],
  ): Promise<Awaited<ReturnType<Connection['flight']>>> {
    try {
      return await this.#all.rest.flight(statements, ASK_MS)
    } catch (error) {
      throw error instanceof SqlError ? gone(error) : error
    }
  }

  /** What has to be on the standby when it is answered. */
  async #write(
    statements: readonly Statement[],
  ): Promise<Awaited<ReturnType<Connection['flight']>>> {
    const { rest } = this.#all
    rest.takeWarnings()
    const results = await this.#rest(statements)
    const [warning] = rest.takeWarnings()
    if (warning !== undefined) throw this.#died(`what was written may be on no standby: ${warning}`)
    return results
  }

  async #found(heads: unknown[], rows: unknown[], after: number): Promise<Found> {
    const head = heads.at(0)
    if (!head)
      throw this.#died(`the database has no log of the name '${this.#set}' (lazaret cluster init)`)
    const found = { head: headOf(head as HeadRow), entries: (rows as EntryRow[]).map(entryOf) }
    const first = found.entries.at(0)
    if (found.head.seq > after && (!first || first.base > after)) await this.#isWhole(after)
    return found
  }

  /**
   * Throws Trimmed where entries behind `after` are gone; Fork where they are others; Busy where they were only not seen yet.
   */
  async #isWhole(after: number): Promise<never> {
    const [{ rows }, around] = await this.#rest([
      sql.oldest(this.#set),
      sql.around(this.#set, after),
    ])
    // None at all: it was repaired, and goes on from its head.
    const [{ base }] = rows as { base: string | null }[]
    if (base !== null && Number(base) <= after) {
      const [one] = around.rows as { base: string; events: number }[]
      const isThere = !one || Number(one.base) === after
      if (isThere || Number(one.base) + one.events === after)
        throw new Busy('the log was read in a moment of change')
      throw new Fork(`no entry of the log ends at event ${after}`)
    }
    throw new Trimmed(
      `the log begins behind event ${base ?? 'that it was repaired at'}, and this machine is at ${after}: it was away for too long (lazaret cluster join)`,
    )
  }

  #ping(): void {
    this.#all.ping.ask({ text: 'SELECT 1' }, PING_MS).catch(() => this.close())
  }

  #died(why: string): Gone {
    this.close()
    return new Gone(why)
  }
}

interface Part {
  parts: number
  bytes: Buffer
}

const COMMIT: Statement = { text: 'COMMIT' }

function gone(error: SqlError): Gone {
  return new Gone(`the database refused: ${error.message}`)
}

/** The same octets in parts of one size. */
async function* partsOf(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let octets = 0
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const some = piece.subarray(at, at + sql.PART - octets)
      // A piece is valid until the next is asked for.
      waiting.push(Buffer.from(some))
      octets += some.length
      at += some.length
      if (octets < sql.PART) continue
      yield Buffer.concat(waiting)
      waiting = []
      octets = 0
    }
  }
  if (octets > 0) yield Buffer.concat(waiting)
}
