// Where this machine is in the log of several: kept beside the views, in the transaction that folds.
import { CHAIN_OCTETS } from '../../log/log.ts'
import { decode, encode } from '../codec.ts'
import type { BesideTables } from '../env.ts'
import type { Met } from './sessions.ts'

/** What a data directory knows of the log that it belongs to. */
export interface Belonging {
  /** Name of the data set: several may lie in one database. */
  set: string
  /** Name of this machine among them. */
  node: string
  /** Of the log (Head.epoch). */
  epoch: string
}

/** Events for which the chain is remembered: to find where two histories part. */
const REMEMBERED = 10_000

/** The chain of a log that begins here. */
export const BEGINNING = Buffer.alloc(CHAIN_OCTETS)

export class Position {
  readonly #table: BesideTables['log']

  constructor(table: BesideTables['log']) {
    this.#table = table
  }

  /** Null: the data are of this machine alone. */
  get belonging(): Belonging | null {
    const bytes = this.#table.get('belongs')
    return bytes ? decode<Belonging>(bytes) : null
  }

  /** The chain up to the newest event of the views. */
  get chain(): Uint8Array {
    return this.#table.get('chain') ?? BEGINNING
  }

  /** The server that was asked last; null: none ever was. */
  get server(): Met | null {
    const bytes = this.#table.get('server')
    return bytes ? decode<Met>(bytes) : null
  }

  /** Inside a write transaction, as all that follow. */
  belong(belonging: Belonging, seq: number, chain: Uint8Array): void {
    this.#table.put('belongs', encode(belonging))
    for (const key of ['server', 'follower', 'clock']) this.#table.remove(key)
    this.moveTo(seq, chain)
  }

  leave(): void {
    for (const key of Array.from(this.#table.keys({}))) this.#table.remove(key)
  }

  /** The log was repaired, and goes on from what is here. */
  takeEpoch(epoch: string): void {
    const { belonging } = this
    if (belonging) this.#table.put('belongs', encode({ ...belonging, epoch }))
  }

  moveTo(seq: number, chain: Uint8Array): void {
    this.#table.put('chain', chain)
    this.#table.put(['at', seq], chain)
    // A few at each step, so that none are left in the end.
    const old = this.#table.keys({ start: ['at', 0], end: ['at', seq - REMEMBERED], limit: 4 })
    for (const key of Array.from(old)) this.#table.remove(key)
  }

  /** The chain as it was up to an entry's end, of those that are remembered. */
  chainAt(seq: number): Uint8Array | null {
    return this.#table.get(['at', seq]) ?? null
  }

  meet(server: Met): void {
    this.#table.put('server', encode(server))
  }

  /** How far the clock of this machine is off the others (log/log.ts), ms. */
  get clock(): number {
    const bytes = this.#table.get('clock')
    return bytes ? decode<number>(bytes) : 0
  }

  setClock(ms: number): void {
    this.#table.put('clock', encode(ms))
  }

  /** Who of this machine's processes follows the log for all of them, and until when (Unix ms). */
  get follower(): { id: string; until: number } | null {
    const bytes = this.#table.get('follower')
    return bytes ? decode<{ id: string; until: number }>(bytes) : null
  }

  follow(id: string, until: number): void {
    this.#table.put('follower', encode({ id, until }))
  }
}
