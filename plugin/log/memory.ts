// A log in memory, for tests: several machines of one process share it, and it fails in all ways that it is told to.
import { randomUUID } from 'node:crypto'
import {
  Busy,
  chainOf,
  CHAIN_OCTETS,
  Fork,
  Gone,
  lastOf,
  READ_ENTRIES,
  SILENT_MS,
  Taken,
  Trimmed,
  TURN_ENTRIES,
  type BlobRef,
  type Counted,
  type Entry,
  type Found,
  type Head,
  type Log,
  type Member,
  type Session,
  type Telling,
} from './log.ts'

/** What happens to one request. */
export type Fault =
  /** Nothing. */
  | 'none'
  /** The session dies before it is done. */
  | 'cut'
  /** It is done, and the answer is lost with the session. */
  | 'lost'
  /** The session dies at once, and it is done later, if nobody else has the turn before. */
  | 'late'
  /** Of an append: the turn has ended before. */
  | 'ended'

export interface Faults {
  /** What happens to the next request of this kind. */
  next(kind: 'open' | 'turn' | 'append' | 'read' | 'blob' | 'beat'): Fault
  /** How long it takes. */
  wait(): Promise<void>
}

const NO_FAULTS: Faults = { next: () => 'none', wait: () => Promise.resolve() }

interface Told extends Telling {
  at: number
}

export class MemoryLog {
  head: Head = {
    seq: 0,
    chain: new Uint8Array(CHAIN_OCTETS),
    epoch: randomUUID(),
    halt: '',
    level: 1,
  }
  entries: Entry[] = []
  readonly blobs = new Map<string, Uint8Array>()
  readonly told = new Map<string, Told>()
  /** How far clocks are ahead, ms. */
  readonly clocks = new Map<string, number>()
  /** The question to all machines, and their answers. */
  asked = ''
  readonly answers = new Map<string, Counted>()
  readonly #listeners = new Set<() => void>()
  /** Who has the turn. */
  holder: MemorySession | null = null
  readonly #waiting: (() => void)[] = []
  /** An append whose session is dead. */
  #late: Entry | null = null

  /** As one machine sees it. */
  of(faults: Faults = NO_FAULTS): Log {
    const sessions = new Set<MemorySession>()
    return {
      open: async (me) => {
        const session = new MemorySession(this, faults)
        sessions.add(session)
        await session.does('open', () => this.tell(me))
        return session
      },
      onNews: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      // oxlint-disable-next-line require-await -- others have connections to end
      close: async () => {
        for (const one of sessions) one.close()
      },
    }
  }

  tell(me: Telling): void {
    const there = this.told.get(me.node)
    if (there && there.life !== me.life && Date.now() - there.at < SILENT_MS)
      throw new Taken(me.node)
    this.told.set(me.node, { ...me, at: Date.now() })
  }

  async take(session: MemorySession): Promise<void> {
    if (this.holder) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
      if (this.holder || session.isDead) {
        this.#wake()
        throw new Busy('somebody else has the turn')
      }
    }
    this.holder = session
    // As a commit that still waited: it is over before anybody else has the row.
    if (this.#late) this.put(this.#late)
    this.#late = null
  }

  give(session: MemorySession): void {
    if (this.holder !== session) return
    this.holder = null
    this.#wake()
  }

  #wake(): void {
    this.#waiting.shift()?.()
  }

  found(after: number, max: number): Found {
    const begin = this.entries.at(0)?.base ?? this.head.seq
    if (after < begin) throw new Trimmed(`the log begins behind event ${begin}`)
    const entries = this.entries.filter(({ base }) => base >= after).slice(0, max)
    if (this.head.seq > after && entries.at(0)?.base !== after)
      throw new Fork(`no entry of the log ends at event ${after}`)
    return { head: { ...this.head }, entries }
  }

  put(entry: Entry): boolean {
    const { seq, chain, halt } = this.head
    if (halt !== '' || entry.base !== seq || Buffer.compare(entry.prev, chain) !== 0) return false
    this.entries.push(entry)
    this.head = { ...this.head, seq: lastOf(entry), chain: chainOf(entry) }
    for (const listener of this.#listeners) setImmediate(listener)
    return true
  }

  putLate(entry: Entry): void {
    this.#late = entry
  }
}

class MemorySession implements Session {
  readonly identity = 'memory'
  readonly dead: Promise<void>
  isDead = false
  readonly #log: MemoryLog
  readonly #faults: Faults
  #die: () => void = () => undefined

  constructor(log: MemoryLog, faults: Faults) {
    this.#log = log
    this.#faults = faults
    this.dead = new Promise((resolve) => {
      this.#die = resolve
    })
  }

  async turn(after: number): Promise<Found> {
    return await this.does('turn', async () => {
      await this.#log.take(this)
      return this.#log.found(after, TURN_ENTRIES)
    })
  }

  async append(entry: Entry, blobs: ReadonlyMap<string, Uint8Array> = new Map()): Promise<boolean> {
    return await this.does(
      'append',
      () => {
        for (const [name, bytes] of blobs) this.#log.blobs.set(name, Buffer.from(bytes))
        const isIn = this.#log.holder === this && this.#log.put(entry)
        this.#log.give(this)
        return isIn
      },
      () => {
        for (const [name, bytes] of blobs) this.#log.blobs.set(name, Buffer.from(bytes))
        this.#log.putLate(entry)
      },
    )
  }

  async release(): Promise<void> {
    await this.does('read', () => this.#log.give(this))
  }

  async read(after: number): Promise<Found> {
    return await this.does('read', () => this.#log.found(after, READ_ENTRIES))
  }

  async putBlob(
    { name }: BlobRef,
    pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const all: Uint8Array[] = []
    for await (const piece of pieces) all.push(Buffer.from(piece))
    await this.does('blob', () => this.#log.blobs.set(name, Buffer.concat(all)))
  }

  async getBlobs(names: readonly string[]): Promise<Map<string, Uint8Array>> {
    const { blobs } = this.#log
    return await this.does('blob', () => new Map(names.flatMap((name) => entryOf(blobs, name))))
  }

  async getBlob(name: string): Promise<AsyncIterable<Uint8Array> | null> {
    const bytes = await this.does('blob', () => this.#log.blobs.get(name))
    return bytes ? once(bytes) : null
  }

  async beat(me: Telling): Promise<string> {
    await this.does('beat', () => this.#log.tell(me))
    return this.#log.asked
  }

  async answer(asked: string, counted: Counted): Promise<void> {
    await this.does('beat', () => {
      if (asked === this.#log.asked) this.#log.answers.set(counted.node, counted)
    })
  }

  async members(): Promise<Member[]> {
    const { told, clocks } = this.#log
    const now = Date.now()
    return await this.does('read', () =>
      Array.from(told.values(), ({ at, ...one }) => ({
        ...one,
        ahead: clocks.get(one.node) ?? 0,
        silent: now - at,
      })),
    )
  }

  async halt(reason: string): Promise<void> {
    await this.does('beat', () => {
      if (this.#log.head.halt === '') this.#log.head.halt = reason
    })
  }

  // oxlint-disable-next-line require-await -- others ask a server
  async trim(): Promise<number> {
    return 0
  }

  close(): void {
    if (this.isDead) return
    this.isDead = true
    this.#log.give(this)
    this.#die()
  }

  async does<T>(
    kind: Parameters<Faults['next']>[0],
    act: () => T | Promise<T>,
    late: () => void = () => undefined,
  ): Promise<T> {
    const fault = this.isDead ? 'cut' : this.#faults.next(kind)
    await this.#faults.wait()
    if (this.isDead || fault === 'cut') return this.#gone(kind)
    if (fault === 'late') {
      late()
      return this.#gone(kind)
    }
    if (fault === 'ended') this.#log.give(this)
    const result = await act()
    await this.#faults.wait()
    return fault === 'lost' || this.isDead ? this.#gone(kind) : result
  }

  #gone(kind: string): never {
    this.close()
    throw new Gone(`the session died during ${kind}`)
  }
}

function entryOf(blobs: ReadonlyMap<string, Uint8Array>, name: string): [string, Uint8Array][] {
  const bytes = blobs.get(name)
  return bytes ? [[name, bytes]] : []
}

// oxlint-disable-next-line require-await -- as a log that asks a server
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
