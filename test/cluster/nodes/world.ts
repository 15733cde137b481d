// Machines with writers on a PostgreSQL of their own with a standby, and what must be true of them when all is over.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { makeBackup } from '../../../plugin/backup/backup.ts'
import { join as joinCluster } from '../../../plugin/cluster/begin.ts'
import type { Here } from '../../../plugin/cluster/data.ts'
import { repair } from '../../../plugin/cluster/repair.ts'
import { readConfig } from '../../../plugin/config.ts'
import { beginLog } from '../../../plugin/log/postgres/begin.ts'
import { parseDatabase } from '../../../plugin/log/postgres/url.ts'
import { open } from '../../../plugin/open.ts'
import { BEGINNING } from '../../../plugin/store/replicated/position.ts'
import { Store } from '../../../plugin/store/store.ts'
import { cluster, standbyOf, type Server } from '../../log/postgresql.ts'
import { tempDir } from '../../tmp.ts'
import { Machine, Tales } from './machine.ts'
import type { Given, Journal } from './node.ts'

export const WRITERS = 4
export const OCTETS = 3000
/** No superuser: what ends a stalled holder of the turn is the right of its own role. */
export const USER = 'app'

export interface Pair {
  primary: Server
  standby: Server
}

export async function pair(): Promise<Pair> {
  const primary = await cluster()
  const standby = await standbyOf(primary)
  primary.sql(`CREATE ROLE ${USER} LOGIN`)
  primary.sql(`CREATE DATABASE ${USER} OWNER ${USER}`)
  return { primary, standby }
}

/** Ends both; nothing where none were begun. */
export async function ended(servers: Pair | undefined): Promise<void> {
  for (const one of servers ? [servers.primary, servers.standby] : []) await one.kill()
}

/** Where a server, or what is in front of it, listens. */
export type Port = Pick<Server, 'port'>

export interface Outcome {
  acked: number
  refused: number
  /** Acknowledged, and not in every journal under its seq. */
  lost: number
  /** Messages that are in a journal more than once. */
  doubled: number
  /** Attempts of which nobody knew whether they were in, and how many were. */
  unknown: [all: number, isIn: number]
}

export interface WorldOptions {
  machines?: number
  what?: Given['what']
  /** `write_timeout_s` */
  timeout?: number
}

let sets = 0

export class World {
  readonly primary: Server
  readonly standby: Server
  readonly tales = new Tales()
  readonly machines: Machine[] = []
  readonly set: string
  readonly #dirs: string[]
  readonly #options: Required<WorldOptions>
  #lives = 0
  /** Who takes writes now. */
  leader: Server

  private constructor(
    { primary, standby }: Pair,
    set: string,
    dirs: string[],
    options: Required<WorldOptions>,
  ) {
    this.primary = primary
    this.standby = standby
    this.leader = primary
    this.set = set
    this.#dirs = dirs
    this.#options = options
  }

  static async begin(
    servers: Pair,
    { machines = 3, what = 'append', timeout = 20 }: WorldOptions = {},
  ): Promise<World> {
    const set = `set${++sets}`
    const epoch = randomUUID()
    const first = new Store({ dir: tempDir(), sync: false })
    const dirs = [first.dir]
    for (let i = 1; i < machines; i++) {
      dirs.push(tempDir())
      await first.copy(dirs[i])
    }
    const database = parseDatabase(urlOf(servers.primary))
    await beginLog(database, set, { seq: first.seq, chain: BEGINNING, epoch, halt: '' })
    await first.close()
    for (const [i, dir] of dirs.entries()) {
      const store = new Store({ dir, sync: false })
      await store.belong({ set, node: `node${i}`, epoch })
      await store.close()
    }
    const world = new World(servers, set, dirs, { machines, what, timeout })
    for (const i of dirs.keys()) await world.start(i)
    return world
  }

  /** Starts a machine on its data, again. */
  async start(i: number, servers: readonly Port[] = [this.primary, this.standby]): Promise<void> {
    const given: Given = {
      dir: this.#dirs[i],
      cluster: this.#keys(i, servers),
      prefix: `${i}.${++this.#lives}`,
      octets: OCTETS,
      what: this.#options.what,
    }
    this.machines[i] = await Machine.start(given, this.tales)
  }

  #keys(i: number, servers: readonly Port[]): Record<string, string> {
    return {
      database: urlOf(...servers),
      set: this.set,
      node: `node${i}`,
      write_timeout_s: String(this.#options.timeout),
    }
  }

  async write(...which: number[]): Promise<void> {
    for (const i of which.length > 0 ? which : this.machines.keys())
      await this.machines[i].ask({ do: 'write', writers: WRITERS })
  }

  /** What the database says, as its owner. */
  ask(text: string, server = this.leader): string {
    return server.sql(text.replaceAll('$set', `'${this.set}'`), USER) ?? ''
  }

  /** Until the database says so: it tells nobody. */
  async until(text: string, wanted: (said: string) => boolean): Promise<void> {
    while (!wanted(this.ask(text))) await delay(50)
  }

  /** Ends the primary, all of it, and makes its standby the new one `ms` later. */
  async failOver(ms = 1000): Promise<void> {
    await this.primary.kill()
    await delay(ms)
    this.standby.promote()
    this.leader = this.standby
  }

  async rest(): Promise<void> {
    await Promise.all(this.machines.map((one) => one.ask({ do: 'rest' })))
  }

  /** Nobody writes any more: all of them have all of it, once, in one order. */
  async check(): Promise<Outcome> {
    await this.rest()
    for (const one of this.machines) await one.ask({ do: 'settle' })
    const states = await Promise.all(this.machines.map((one) => one.state()))
    expect(states.map(({ can, why }) => [can, why])).toEqual(states.map(() => ['write', '']))
    const journals = await Promise.all(this.machines.map((one) => one.journal()))
    for (const other of journals.slice(1)) expect(other).toEqual(journals[0])
    // Sessions that failed half-way left no connection behind.
    await this.until(
      `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lazaret'`,
      (said) => Number(said) <= 3 * this.machines.length,
    )
    const outcome = this.count(journals)
    expect(outcome).toMatchObject({ lost: 0, doubled: 0 })
    expect(this.ask('SELECT seq FROM lazaret_head WHERE data_set = $set')).toBe(
      String(journals[0].events.length),
    )
    return outcome
  }

  count(journals: readonly Journal[]): Outcome {
    const { acked, refused, unknown } = this.tales
    let [lost, doubled] = [0, 0]
    for (const { events } of journals) {
      expect(events.map(([seq]) => seq)).toEqual(events.map((_, i) => i + 1))
      const names = new Set(events.map(([, name]) => name))
      const brought = events.filter(([, name]) => name !== '')
      doubled += brought.length - (names.has('') ? names.size - 1 : names.size)
      for (const [name, { id }] of acked) if (events[id - 1]?.[1] !== name) lost++
    }
    const ids = unknown.map((id) => `'${id}'`).join()
    const isIn =
      unknown.length === 0
        ? 0
        : Number(
            this.ask(`SELECT count(*) FROM lazaret_entry WHERE data_set = $set AND id IN (${ids})`),
          )
    return {
      acked: acked.size,
      refused: refused.length,
      lost,
      doubled,
      unknown: [unknown.length, isIn],
    }
  }

  /**
   * The log has lost its end, and all have stopped: it goes on from the machine that has most, and the others from a backup
   * of that one. Answers how many events the log was given back.
   */
  async repair(): Promise<number> {
    const seqs = await Promise.all(this.machines.map(async (one) => (await one.state()).seq))
    await this.close()
    const best = seqs.indexOf(Math.max(...seqs))
    const here = (i: number): Here => ({
      config: readConfig({
        main: { base_model: 'no' },
        cluster: this.#keys(i, [this.leader]),
      }),
      dir: this.#dirs[i],
    })
    const { restored } = await repair(here(best), { discard: false })
    const lazaret = open(here(best).config, here(best).dir)
    const backup = `${tempDir()}/backup`
    await makeBackup(lazaret, backup, null)
    await lazaret.close()
    for (const i of this.#dirs.keys())
      if (i !== best && seqs[i] < seqs[best]) await joinCluster(here(i), backup, { replace: true })
    for (const i of this.#dirs.keys()) await this.start(i, [this.leader])
    return restored
  }

  async close(): Promise<void> {
    await Promise.all(this.machines.map((one) => one.close()))
  }
}

function urlOf(...servers: readonly Port[]): string {
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',')
  return `postgres://${USER}@${hosts}/${USER}`
}
