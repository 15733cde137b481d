// What is known of mail that was delivered: a sample of it, by its features alone. No text, no address beyond whose mail it
// was, nothing that leads back to the message. Bounded in records and octets, for each address and for all; kept beside the
// views, from memory and now and then, so that no message waits for it.
// Keys: a number is a record; [domain, address, number] finds those of a scope, and is the score; 'next' and 'octets' count.
import { domainOf } from '../address.ts'
import type { Scope, VerdictClass } from '../mail.ts'
import { MINUTE, SECOND } from '../time.ts'
import { decode, encode, NO_SEQ } from './codec.ts'
import type { BesideTables, Env } from './env.ts'
import { packSlots, unpackSlots, type Slots } from './slots.ts'

export interface Delivered {
  /** Whose mail it was. */
  scope: Scope
  /** Unix time in ms. */
  at: number
  class: VerdictClass
  /** Probability of spam, as judged on that day. */
  score: number
  /** Of each view of the classifier. */
  slots: Slots
}

interface Kept extends Omit<Delivered, 'slots'> {
  slots: Uint8Array
}

export const BOUNDS = {
  /** Records, and octets of them, in all: at some 2 KB each, what a middling server delivers in a day. */
  records: 8000,
  octets: 24 * 1024 * 1024,
  /** Records of one address: a person's fortnight. */
  address: 100,
  /** Octets of one record: longer messages are passed over. */
  record: 16 * 1024,
} as const

/** One of an address in so long, and one of all in so long, in each process. */
const ADDRESS_MS = MINUTE
const ALL_MS = 2 * SECOND
/** Addresses whose last sample is remembered. */
const REMEMBERED = 10_000
/** How long a sample stays in memory before it is written, with the others. */
const FLUSH_MS = 10 * SECOND

/** Records of sample(). */
const SAMPLE = 64

export class DeliveredMail {
  readonly #env: Env
  readonly #table: BesideTables['delivered']
  readonly #last = new Map<Scope, number>()
  #lastOfAll = 0
  /** Those of the last sample(), by id. */
  #recent: ReadonlyMap<number, Delivered> = new Map()
  #waiting: Delivered[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(env: Env) {
    this.#env = env
    this.#table = env.beside.delivered
  }

  /** Whether a message to this scope is to be a sample: then it counts as one. Costs next to nothing. */
  wants(scope: Scope, now = Date.now()): boolean {
    if (!scope.includes('@') || now - this.#lastOfAll < ALL_MS) return false
    if (now - (this.#last.get(scope) ?? 0) < ADDRESS_MS) return false
    this.#lastOfAll = now
    if (this.#last.size >= REMEMBERED) this.#last.clear()
    this.#last.set(scope, now)
    return true
  }

  /** Keeps a sample soon, or not at all. */
  add(sample: Delivered): void {
    this.#waiting.push(sample)
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), FLUSH_MS).unref()
  }

  /** Writes down what waits. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const samples = this.#waiting
    this.#waiting = []
    if (samples.length === 0) return
    await this.#env.write(() => {
      for (const sample of samples) this.#put(sample)
    })
  }

  /** The latest of a scope, at most so many. */
  *of(scope: Scope, limit: number): Generator<Delivered> {
    let count = 0
    for (const id of this.#ids(scope)) {
      const one = this.#read(id)
      if (!one) continue
      yield one
      if (++count === limit) return
    }
  }

  /** The latest of all, at most SAMPLE: read once, since records never change, for decisions that ask again and again. */
  sample(): Delivered[] {
    const found = new Map<number, Delivered>()
    for (const id of this.#ids('')) {
      const one = this.#recent.get(id) ?? this.#read(id)
      if (one) found.set(id, one)
      if (found.size === SAMPLE) break
    }
    this.#recent = found
    return [...found.values()]
  }

  /** Scores of the latest of a scope: from the index alone, which is small. */
  scores(scope: Scope, limit: number): { scope: Scope; score: number }[] {
    const found: { scope: Scope; id: number; score: number }[] = []
    for (const { key, value } of this.#table.range(indexRange(scope))) {
      // Counters stand among them.
      if (!Array.isArray(key)) continue
      const [, of, id] = key as IndexKey
      found.push({ scope: of, id, score: value.readDoubleLE(0) })
    }
    return found
      .sort((a, b) => b.id - a.id)
      .slice(0, limit)
      .map(({ scope: of, score }) => ({ scope: of, score }))
  }

  /** Takes away what is known of a scope. Answers how many records. */
  async forget(scope: Scope): Promise<number> {
    this.#waiting = this.#waiting.filter(
      (one) => scope !== one.scope && domainOf(one.scope) !== scope,
    )
    const ids = [...this.#ids(scope)]
    if (ids.length === 0) return 0
    await this.#env.write(() => {
      for (const id of ids) this.#remove(id)
    })
    return ids.length
  }

  /** Ids of a scope, newest first. */
  *#ids(scope: Scope): Generator<number> {
    if (scope === '') {
      const range = { start: NO_SEQ, end: 0, reverse: true }
      for (const key of this.#table.keys(range)) if (typeof key === 'number') yield key
      return
    }
    const ids = Array.from(this.#table.keys(indexRange(scope)), (key) => (key as IndexKey)[2])
    // Of a domain they stand by address.
    yield* ids.sort((a, b) => b - a)
  }

  #read(id: number): Delivered | null {
    const bytes = this.#table.get(id)
    if (!bytes) return null
    const { slots, ...rest } = decode<Kept>(bytes)
    return { ...rest, slots: unpackSlots(slots) }
  }

  #put({ slots, ...rest }: Delivered): void {
    const bytes = encode({ ...rest, slots: packSlots(slots) } satisfies Kept)
    if (bytes.length > BOUNDS.record) return
    const id = this.#number('next')
    this.#table.put('next', encode(id + 1))
    this.#table.put(id, bytes)
    const score = Buffer.alloc(8)
    score.writeDoubleLE(rest.score)
    this.#table.put(indexKey(rest.scope, id), score)
    this.#count(bytes.length)
    const own = [...this.#ids(rest.scope)]
    for (const old of own.slice(BOUNDS.address)) this.#remove(old)
    for (;;) {
      const [oldest] = Array.from(this.#table.keys({ start: 0, end: NO_SEQ, limit: 1 })) as number[]
      const tooMany = id - oldest >= 2 * BOUNDS.records || this.#records() > BOUNDS.records
      if (!tooMany && this.#number('octets') <= BOUNDS.octets) return
      this.#remove(oldest)
    }
  }

  #remove(id: number): void {
    const bytes = this.#table.get(id)
    if (!bytes) return
    this.#table.remove(id)
    this.#table.remove(indexKey(decode<Kept>(bytes).scope, id))
    this.#count(-bytes.length)
  }

  /** Each record has a key that finds it. */
  #records(): number {
    return Math.floor(this.#table.count() / 2)
  }

  #count(octets: number): void {
    this.#table.put('octets', encode(Math.max(0, this.#number('octets') + octets)))
  }

  #number(key: 'next' | 'octets'): number {
    const bytes = this.#table.get(key)
    return bytes ? decode<number>(bytes) : key === 'next' ? 1 : 0
  }
}

const LAST = '\uffff'

type IndexKey = [domain: string, address: Scope, id: number]

const indexKey = (scope: Scope, id: number): IndexKey => [domainOf(scope), scope, id]

function indexRange(scope: Scope): { start: IndexKey; end: IndexKey } {
  if (scope === '') return { start: ['', '', 0], end: [LAST, LAST, NO_SEQ] }
  if (!scope.includes('@')) return { start: [scope, '', 0], end: [scope, LAST, NO_SEQ] }
  return { start: indexKey(scope, 0), end: indexKey(scope, NO_SEQ) }
}
