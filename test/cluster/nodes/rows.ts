// What may fail, one after the other: what is done to machines that write, beside what has to be true afterwards (world.ts).
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import * as sql from '../../../plugin/log/postgres/sql.ts'
import { RawClient } from './raw.ts'
import { Wire } from './wire.ts'
import { USER, type World } from './world.ts'

export interface Row {
  what: string
  /** Quick enough for every run of the tests. */
  quick?: true
  /** The databases are as they were afterwards. */
  keeps?: true
  /** `write_timeout_s` */
  timeout?: number
  /** Answers what is to be told beside the figures. */
  play(world: World): Promise<string | void>
}

const SEQ = 'SELECT seq FROM lazaret_head WHERE data_set = $set'
const WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

export const ROWS: readonly Row[] = [
  {
    what: 'SIGKILL of the machine that has the turn',
    quick: true,
    keeps: true,
    async play(world) {
      await world.machines[1].trap('SIGKILL')
      await world.tales.more(20)
      await world.start(1)
      await world.write(1)
    },
  },
  {
    what: 'SIGSTOP of the machine that has the turn, 7 s, then on',
    keeps: true,
    async play(world) {
      await world.machines[1].trap('SIGSTOP')
      await delay(7000)
      world.machines[1].signal('SIGCONT')
    },
  },
  {
    what: '20 times pg_terminate_backend of 40 % of all connections',
    keeps: true,
    async play(world) {
      for (let i = 0; i < 20; i++) {
        world.ask(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${USER}' AND random() < 0.4`,
        )
        await delay(250)
      }
    },
  },
  {
    what: 'a COMMIT that waits for the standby is cancelled, which comes back later',
    quick: true,
    keeps: true,
    async play(world) {
      await commitWaits(world)
      world.ask(`SELECT pg_cancel_backend(pid) ${WAITING}`)
      const from = Date.now()
      await delay(1500)
      expect(world.tales.between(from, Date.now())).toBe(0)
      await world.standby.start()
    },
  },
  {
    what: 'half a Bind message of who has the turn',
    keeps: true,
    async play(world) {
      const raw = await holder(world)
      await raw.halfBind()
      await raw.closed
    },
  },
  {
    what: 'who has the turn does not read what it is sent',
    keeps: true,
    async play(world) {
      const raw = await holder(world)
      raw.deaf("SELECT repeat('x', 40000000)")
      const deaf = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite'"
      await world.until(deaf, (said) => Number(said) > 0)
      await world.until(deaf, (said) => Number(said) === 0)
      raw.destroy()
    },
  },
  {
    what: 'SIGSTOP of the standby, 8 s',
    keeps: true,
    async play({ standby }) {
      standby.signal('SIGSTOP')
      await delay(8000)
      standby.signal('SIGCONT')
    },
  },
  {
    what: 'SIGSTOP of both databases, 20 s',
    keeps: true,
    timeout: 40,
    async play({ primary, standby }) {
      for (const one of [standby, primary]) one.signal('SIGSTOP')
      await delay(20_000)
      for (const one of [standby, primary]) one.signal('SIGCONT')
    },
  },
  {
    what: 'SIGKILL of the primary, which starts again',
    keeps: true,
    async play({ primary }) {
      await primary.kill()
      await primary.start()
    },
  },
  {
    what: 'SIGKILL of the primary, started and killed again within a second',
    keeps: true,
    async play({ primary }) {
      await primary.kill()
      await primary.start()
      await primary.kill()
      await primary.start()
    },
  },
  {
    what: 'the network of one machine carries nothing any more, 15 s, and nobody is told',
    keeps: true,
    async play(world) {
      const wire = await Wire.to(world.primary.port)
      await world.machines[2].ask({ do: 'rest' })
      await world.machines[2].close()
      await world.start(2, [wire])
      await world.write(2)
      await world.tales.more(20)
      const isMine = (): number =>
        Array.from(world.tales.acked.keys()).filter((name) => name.startsWith('2.')).length
      wire.isSilent = true
      await delay(7000)
      const mine = isMine()
      await delay(8000)
      // It has acknowledged nothing that it could not know; the others went on.
      expect(isMine()).toBe(mine)
      wire.isSilent = false
      while (isMine() === mine) await world.tales.more(1)
      await world.machines[2].ask({ do: 'rest' })
      await world.machines[2].close()
      wire.close()
      await world.start(2)
      await world.write(2)
    },
  },
  {
    what: 'no database for a minute',
    keeps: true,
    async play({ primary, standby, tales }) {
      await Promise.all([primary.kill(), standby.kill()])
      const from = Date.now()
      await delay(60_000)
      expect(tales.between(from, Date.now())).toBe(0)
      await Promise.all([primary.start(), standby.start()])
    },
  },
  {
    what: 'SIGKILL of the primary, the standby promoted 1 s later',
    async play(world) {
      await world.failOver()
    },
  },
  {
    what: 'SIGSTOP of the primary, the standby promoted, the old primary runs on unfenced 6 s later',
    async play(world) {
      world.primary.signal('SIGSTOP')
      await delay(1000)
      world.standby.promote()
      world.leader = world.standby
      await delay(6000)
      world.primary.signal('SIGCONT')
      await delay(6000)
    },
  },
  {
    what: 'the old primary started again beside the new one, first in the list of a machine that comes',
    async play(world) {
      await world.failOver()
      await world.primary.start()
      await world.machines[0].ask({ do: 'rest' })
      await world.machines[0].close()
      await world.start(0)
      const before = world.tales.acked.size
      await world.write(0)
      await delay(8000)
      expect(world.tales.acked.size).toBeGreaterThan(before)
    },
  },
  {
    what: 'the same, all machines stay where they are',
    async play(world) {
      await world.failOver()
      await world.primary.start()
      await delay(8000)
    },
  },
  {
    what: 'the primary crashes with a COMMIT waiting, starts again, and the standby is promoted without it',
    async play(world) {
      await commitWaits(world)
      const before = Number(world.ask(SEQ))
      await world.primary.kill()
      const from = Date.now()
      await world.primary.start()
      // Trap: it is to be seen, and it is on no standby.
      const seen = Number(world.ask(SEQ))
      expect(seen).toBeGreaterThan(before)
      await delay(4000)
      expect(world.tales.between(from, Date.now())).toBe(0)
      await world.primary.kill()
      await world.standby.start()
      world.standby.promote()
      world.leader = world.standby
      return `${seen - before} events were to be seen before`
    },
  },
  {
    what: 'a cancelled COMMIT, then the standby is promoted without it',
    async play(world) {
      const { machines, tales } = world
      await commitWaits(world)
      const before = Number(world.ask(SEQ))
      world.ask(`SELECT pg_cancel_backend(pid) ${WAITING}`)
      // To be seen at once, on no standby, and acknowledged by nobody; who follows takes it.
      await world.until(SEQ, (said) => Number(said) > before)
      const seen = Number(world.ask(SEQ))
      const has = async (): Promise<boolean> =>
        (await Promise.all(machines.map((one) => one.state()))).some(({ seq }) => seq >= seen)
      // Or nobody does: no session is confirmed while the standby is away.
      let isTaken = false
      for (let i = 0; i < 100 && !isTaken; i++) {
        await delay(50)
        isTaken = await has()
      }
      await world.primary.kill()
      await world.standby.start()
      world.standby.promote()
      world.leader = world.standby
      const acked = tales.acked.size
      const told = isTaken ? await mend(world) : 'nobody had taken it'
      expect(tales.acked.size).toBeGreaterThanOrEqual(acked)
      return told
    },
  },
  {
    what: 'an asynchronous standby promoted without the end',
    quick: true,
    async play(world) {
      await loseEnd(world)
      return await mend(world)
    },
  },
  {
    what: 'the same, and a machine that was away sees the new primary first',
    async play(world) {
      await world.machines[2].ask({ do: 'rest' })
      await world.machines[2].close()
      await loseEnd(world)
      const from = Date.now()
      await world.start(2, [world.standby, world.primary])
      await world.write(2)
      const told = await mend(world)
      const early = Array.from(world.tales.acked).filter(
        ([name, { at }]) => name.startsWith('2.') && at > from && at < halted,
      )
      expect(early).toEqual([])
      return told
    },
  },
]

/** Unix ms at which all had stopped last. */
let halted = 0

/** The COMMIT of an append waits for a standby that is dead. */
async function commitWaits(world: World): Promise<void> {
  const [machine] = world.machines
  await machine.trap('wait')
  await world.standby.kill()
  await machine.ask({ do: 'go' })
  await world.until(`SELECT count(*) ${WAITING} AND query = 'COMMIT'`, (said) => Number(said) > 0)
}

/** Somebody who has the turn as a machine has it, and does with it what no machine does. */
async function holder(world: World): Promise<RawClient> {
  const raw = await RawClient.connect(world.primary.port, USER, USER)
  for (const text of sql.SETTINGS) await raw.query(text)
  await raw.query('BEGIN')
  await raw.query(`SELECT seq FROM lazaret_head WHERE data_set = '${world.set}' FOR UPDATE`)
  return raw
}

/** The standby follows when it can, misses the end, and is promoted. */
async function loseEnd(world: World): Promise<void> {
  const { primary, standby, tales } = world
  primary.sql('ALTER SYSTEM RESET synchronous_standby_names')
  primary.sql('SELECT pg_reload_conf()')
  await tales.more(10)
  // SIGSTOP would not do: what is in its socket is not lost.
  await standby.kill()
  await tales.more(30)
  await primary.kill()
  await standby.start()
  standby.promote()
  world.leader = standby
}

/** All stop, nothing is appended; `lazaret cluster repair` where most is; and all write again. */
async function mend(world: World): Promise<string> {
  const { machines, tales } = world
  while (tales.halted.length < machines.length) await once(tales, 'halted')
  halted = Date.now()
  const end = Number(world.ask(SEQ))
  const states = await Promise.all(machines.map((one) => one.state()))
  const seqs = states.map(({ seq }) => seq)
  expect(Math.max(...seqs)).toBeGreaterThan(end)
  await world.rest()
  expect(Number(world.ask(SEQ))).toBe(end)
  const restored = await world.repair()
  expect(restored).toBe(Math.max(...seqs) - end)
  await world.write()
  return `all stopped, log at ${end}, machines at ${seqs.join(', ')}: repaired`
}
