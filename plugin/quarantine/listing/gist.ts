// The gist of some 256 items: what orders and searches need of each, column by column, with its texts folded already. A
// listing of a hundred thousand items reads some hundred of them instead of as many summaries.
import type { Scope } from '../../mail.ts'
import { fold, sortKey } from '../../mime/search.ts'
import { VERSION as SUMMARIES, type Summary } from '../folders/summary.ts'

/** To be raised with every change of what stands in it. */
const VERSION = 2
const HEAD = 8
/** Stands in no scope. */
const BETWEEN = '\0'
/** Octets of each text: folding makes some characters many. */
const TEXT_MAX = 1200

/** The texts of an item. `from`, `subject`: as searches compare them; `sort`: as the order `sender` does. */
export const TEXT = { from: 0, subject: 1, sort: 2 } as const
export type Text = (typeof TEXT)[keyof typeof TEXT]
const TEXTS = 3

export class Gist {
  /** Ascending. */
  readonly ids: Uint32Array
  /** Probability of spam as judged at arrival; NaN: none. */
  readonly scores: Float64Array
  /** Unix time in ms from which its end counted at first; 0: it has none. */
  readonly sinces: Float64Array
  /** Unix time in ms at which it came. */
  readonly ats: Float64Array
  readonly outgoing: Uint8Array
  /** Whose eyes, as an index of `scopes`. */
  readonly scopeOf: Uint16Array
  readonly scopes: readonly Scope[]
  readonly #ends: Uint32Array
  readonly #texts: Buffer<ArrayBuffer>
  /** Words that stand anywhere in the texts, or do not. */
  readonly #may = new Map<Buffer, boolean>()

  /** `bytes`: aligned to eight octets. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const { buffer } = bytes
    const head = new DataView(buffer, bytes.byteOffset)
    const count = head.getUint16(2, true)
    const names = head.getUint32(4, true)
    let at = bytes.byteOffset + HEAD
    const next = (octets: number): number => (at += octets) - octets
    this.scores = new Float64Array(buffer, next(8 * count), count)
    this.sinces = new Float64Array(buffer, next(8 * count), count)
    this.ats = new Float64Array(buffer, next(8 * count), count)
    this.ids = new Uint32Array(buffer, next(4 * count), count)
    this.#ends = new Uint32Array(buffer, next(4 * TEXTS * count), TEXTS * count)
    this.scopeOf = new Uint16Array(buffer, next(2 * count), count)
    this.outgoing = new Uint8Array(buffer, next(count), count)
    this.scopes = Buffer.from(buffer, next(names), names).toString().split(BETWEEN)
    this.#texts = Buffer.from(buffer, at, bytes.byteOffset + bytes.length - at)
  }

  /** Where all of it lies. */
  get memory(): ArrayBuffer {
    return this.#texts.buffer
  }

  /** Where an item stands in the columns; -1: it is not here. */
  indexOf(id: number): number {
    const { ids } = this
    let low = 0
    let high = ids.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ids[middle] < id) low = middle + 1
      else high = middle
    }
    return ids[low] === id ? low : -1
  }

  text(i: number, text: Text): string {
    return this.#texts.toString('utf8', this.#start(i, text), this.#ends[i * TEXTS + text])
  }

  /** Is this (folded, UTF-8) in a text? */
  has(i: number, text: Text, what: Buffer): boolean {
    let may = this.#may.get(what)
    if (may === undefined) this.#may.set(what, (may = this.#texts.includes(what)))
    if (!may) return false
    return this.#texts.subarray(this.#start(i, text), this.#ends[i * TEXTS + text]).includes(what)
  }

  #start(i: number, text: Text): number {
    const n = i * TEXTS + text
    return n === 0 ? 0 : this.#ends[n - 1]
  }
}

/** Null for one that another version of this file, or of the summaries, made. `memory`: taken for it where it is large enough. */
export function readGist(bytes: Uint8Array, memory?: ArrayBuffer): Gist | null {
  if (bytes[0] !== VERSION || bytes[1] !== SUMMARIES) return null
  const { length } = bytes
  const into = memory && memory.byteLength >= length ? memory : new ArrayBuffer(length + ROOM)
  const own = new Uint8Array(into, 0, length)
  own.set(bytes)
  return new Gist(own)
}

/** So that the next one fits into the memory of this one. */
const ROOM = 16_384

/** `summaries`: of items in the order of their ids, each read before the next one is asked for. */
export class GistMaker {
  readonly #rows: (Pick<Summary, 'item' | 'score' | 'since' | 'at' | 'outgoing'> & {
    scopeOf: number
  })[] = []
  readonly #texts: Buffer[] = []
  readonly #scopes = new Map<Scope, number>()

  add(summary: Summary): void {
    const { item, score, since, at, outgoing, scope, name, address, sender, subject } = summary
    const scopeOf = this.#scopes.get(scope) ?? this.#scopes.size
    this.#scopes.set(scope, scopeOf)
    this.#rows.push({ item, score, since, at, outgoing, scopeOf })
    this.#texts.push(
      bounded(fold(`${name} ${address} ${sender}`)),
      bounded(fold(subject)),
      Buffer.from(senderKey(summary)),
    )
  }

  done(): Uint8Array<ArrayBuffer> {
    const count = this.#rows.length
    const texts = Buffer.concat(this.#texts)
    const names = Buffer.from([...this.#scopes.keys()].join(BETWEEN))
    const columns = HEAD + count * (3 * 8 + 4 + 4 * TEXTS + 2 + 1) + names.length
    const bytes = new Uint8Array(columns + texts.length)
    bytes[0] = VERSION
    bytes[1] = SUMMARIES
    const head = new DataView(bytes.buffer)
    head.setUint16(2, count, true)
    head.setUint32(4, names.length, true)
    let at = HEAD
    const column = <T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(
      make: new (buffer: ArrayBuffer, at: number, count: number) => T,
      values: readonly number[],
    ): void => {
      const all = new make(bytes.buffer, at, values.length)
      all.set(values)
      at += all.byteLength
    }
    column(
      Float64Array,
      this.#rows.map(({ score }) => score ?? NaN),
    )
    column(
      Float64Array,
      this.#rows.map(({ since }) => since),
    )
    column(
      Float64Array,
      this.#rows.map((one) => one.at),
    )
    column(
      Uint32Array,
      this.#rows.map(({ item }) => item),
    )
    let end = 0
    column(
      Uint32Array,
      this.#texts.map(({ length }) => (end += length)),
    )
    column(
      Uint16Array,
      this.#rows.map(({ scopeOf }) => scopeOf),
    )
    column(
      Uint8Array,
      this.#rows.map(({ outgoing }) => (outgoing ? 1 : 0)),
    )
    bytes.set(names, at)
    bytes.set(texts, at + names.length)
    return bytes
  }
}

/** What the order `sender` compares: the name or the address that a reader sees. */
export function senderKey({
  name,
  address,
  sender,
}: Pick<Summary, 'name' | 'address' | 'sender'>): string {
  return bounded(sortKey(name || address || sender)).toString()
}

function bounded(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length <= TEXT_MAX) return bytes
  let end = TEXT_MAX
  while ((bytes[end] & 0xc0) === 0x80) end-- // not inside a character
  return bytes.subarray(0, end)
}
