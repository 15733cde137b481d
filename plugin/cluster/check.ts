// Whether the views of all machines are the same, and from when on they write what a newer version knows.
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Refused } from '../errors.ts'
import { SILENT_MS, type Counted, type Member } from '../log/log.ts'
import { withPrimary } from '../log/postgres/begin.ts'
import type { Connection } from '../log/postgres/connection.ts'
import { headOf, memberOf, type HeadRow, type MemberRow } from '../log/postgres/rows.ts'
import * as sql from '../log/postgres/sql.ts'
import { VIEW_NAMES } from '../store/env.ts'
import { mustDatabase, type Here } from './data.ts'

const ASK_MS = 10_000
/** For so long nobody writes, so that all are at the same event; a holder of 8 s would be thrown out. */
const STILL_MS = 6000
const LOOK_MS = 200

export interface Checked {
  /** Of each machine that answered. */
  machines: Counted[]
  /** Sentences; none: all of them have the same. */
  findings: string[]
}

/** Asks all machines that are there what their views come to, while nobody writes for some seconds. */
export async function check({ config }: Here): Promise<Checked> {
  const database = mustDatabase(config)
  const { set } = config.cluster
  return await withPrimary(database, async (holder) =>
    withPrimary(database, async (asker) => {
      const { members } = await read(asker, set)
      const there = members.filter(({ silent }) => silent < SILENT_MS)
      const name = randomUUID()
      await holder.flight([sql.BEGIN, ...sql.turn(set, 0).slice(1, 2)], ASK_MS)
      let machines: Counted[] = []
      try {
        await asker.ask(sql.ask(set, name), ASK_MS)
        const until = performance.now() + STILL_MS
        while (machines.length < there.length && performance.now() < until) {
          await delay(LOOK_MS)
          machines = await answersTo(asker, set, name)
        }
      } finally {
        await holder.flight([sql.ROLLBACK], ASK_MS)
      }
      return { machines, findings: compare(members, machines) }
    }),
  )
}

async function read(
  connection: Connection,
  set: string,
): Promise<{ level: number; members: Member[] }> {
  const [heads, members] = await connection.flight([sql.head(set), sql.members(set)], ASK_MS)
  const [head] = heads.rows as HeadRow[]
  if (!head)
    throw new Refused(
      'not-found',
      `The database has no log of the name '${set}' (lazaret cluster init).`,
    )
  return {
    level: headOf(head).level,
    members: (members.rows as MemberRow[]).map(memberOf),
  }
}

async function answersTo(asker: Connection, set: string, name: string): Promise<Counted[]> {
  const { rows } = await asker.ask(sql.answers(set, name), ASK_MS)
  return (rows as { node: string; seq: string; digest: string }[]).map(({ node, seq, digest }) => ({
    node,
    seq: Number(seq),
    views: JSON.parse(digest) as Counted['views'],
  }))
}

function compare(members: readonly Member[], machines: readonly Counted[]): string[] {
  const found: string[] = []
  for (const { node } of members)
    if (!machines.some((one) => one.node === node))
      found.push(
        `${node} did not answer: it does not run, is behind, or has too much to count in ${STILL_MS / 1000} s`,
      )
  const whole = machines.filter(({ views }) => views !== null)
  for (const { node } of machines.filter((one) => !whole.includes(one)))
    found.push(`${node} was still taking in what others wrote: check again`)
  const newest = Math.max(0, ...whole.map(({ seq }) => seq))
  const same = new Map<string, Counted[]>()
  for (const one of whole) {
    const digest = digestOf(one)
    if (one.seq < newest)
      found.push(`${one.node} is at event ${one.seq}, others at ${newest}: check again`)
    else same.set(digest, [...(same.get(digest) ?? []), one])
  }
  if (same.size < 2) return found
  // Most of them first: it is less likely that they are all wrong in the same way.
  const groups = [...same.values()].toSorted((a, b) => b.length - a.length)
  const names = groups.map((group) => group.map(({ node }) => node).join(', '))
  const [[{ views: first }]] = groups
  const differing = Object.keys(first ?? {}).filter((view) =>
    groups.some(([{ views }]) => views?.[view] !== first?.[view]),
  )
  return [
    `at event ${newest} the machines do not have the same: ${names.join(' against ')}, in ${differing.join(', ')}. ` +
      'lazaret check on each of them says whether its views are what its journal says; one that is wrong joins anew with a backup of one that is right (lazaret cluster join DIR --replace)',
    ...found,
  ]
}

/** Of all views of a machine; `''`: it was still taking in what others wrote. */
export function digestOf({ views }: Counted): string {
  return views === null
    ? ''
    : createHash('sha256')
        .update(JSON.stringify(VIEW_NAMES.map((name) => [name, views[name]])))
        .digest('hex')
}

export interface Upgraded {
  from: number
  to: number
}

/** From now on entries say what the least of all machines knows. Refused where that is no more than before. */
export async function upgrade({ config }: Here): Promise<Upgraded> {
  const { set } = config.cluster
  return await withPrimary(mustDatabase(config), async (connection) => {
    const { level, members } = await read(connection, set)
    if (members.length === 0)
      throw new Refused('impossible', 'No machine has told of itself yet: start them first.')
    const to = Math.min(...members.map((one) => one.level))
    const best = Math.max(...members.map((one) => one.level))
    const old = members.filter((one) => one.level < best).map(({ node }) => node)
    if (to > level) {
      const { rowCount } = await connection.ask(sql.upgrade(set, to), ASK_MS)
      if (rowCount === 1) return { from: level, to }
    }
    throw new Refused(
      'impossible',
      old.length > 0
        ? `The machines write at level ${level}; ${old.join(', ')} would not understand ${best}: install the new version there first, or, where one is gone for good, lazaret cluster forget ${old[0]}.`
        : `The machines write at level ${level} already, the newest that they know.`,
    )
  })
}
