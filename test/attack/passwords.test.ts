// Guessing, and floods of logins: attempts are counted before they cost something, and owners are let in.
import { stat } from 'node:fs/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Refused } from '../../plugin/errors.ts'
import { THREADS_MAX } from '../../plugin/quarantine/accounts/deriver.ts'
import {
  ACCOUNT_MAX,
  HashQueue,
  NETWORK_MAX,
  STRANGERS_MAX,
  WAITING_MAX,
} from '../../plugin/quarantine/accounts/hash-queue.ts'
import { WRONG } from '../../plugin/quarantine/accounts/logins.ts'
import { queue, SCRAM_ITERATIONS } from '../../plugin/quarantine/accounts/password.ts'
import { KNOWN_MS } from '../../plugin/store/guards.ts'
import { HOUR, MINUTE } from '../../plugin/time.ts'
import type { Lazaret } from '../../plugin/open.ts'
import { rig, ROOT } from '../quarantine/rig.ts'

const RIGHT = 'correct horse'
const HERE = '192.0.2.1'
const THERE = '198.51.100.7'

async function boss(ini = {}): Promise<Lazaret> {
  const lazaret = rig(ini)
  await lazaret.quarantine.as(ROOT).accounts.add('boss', 'super-admin', RIGHT)
  return lazaret
}

/** How many ended how: by the sentence, `in` for a login. */
async function outcomes(tries: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const one of await Promise.allSettled(tries)) {
    const reason: unknown = one.status === 'rejected' ? one.reason : null
    if (reason && !(reason instanceof Refused)) throw new Error('a fault', { cause: reason })
    const word = reason instanceof Refused ? reason.message : 'in'
    counts[word] = (counts[word] ?? 0) + 1
  }
  return counts
}

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

function later(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
}
afterEach(() => void vi.useRealTimers())

describe('guesses', () => {
  test('at one time are no more than one after the other', async () => {
    const { quarantine } = await boss()
    const before = queue.done
    const counts = await outcomes(
      many(30, (i) => quarantine.logins.login('boss', `wrong password ${i}`, HERE)),
    )
    expect(counts).toEqual({ [WRONG]: 5, 'Too many wrong passwords; try again later.': 25 })
    expect(queue.done - before).toBe(5)
  })

  test('by SCRAM count the same, and a proof forgives', async () => {
    const { quarantine } = await boss({ login: { failures: 3 } })
    const { logins } = quarantine
    const wrong = () => logins.prove('boss', HERE, () => null)
    expect(await outcomes([wrong(), wrong()])).toEqual({ [WRONG]: 2 })
    const { login } = logins.scram('boss', HERE)
    await logins.prove('boss', HERE, () => login)
    await logins.rest()
    expect(quarantine.as(ROOT).accounts.show('boss')).toMatchObject({
      locked: [],
      lastLogin: { network: HERE },
    })
    expect(await outcomes(many(20, wrong))).toMatchObject({ [WRONG]: 20 }) // known by now
    expect(await outcomes(many(20, () => logins.prove('boss', THERE, () => null)))).toMatchObject({
      [WRONG]: 3,
    })
    expect(() => logins.scram('boss', THERE)).toThrow(/Too many/)
  })

  test('from elsewhere lock nobody out, nor do those from a network of the account', async () => {
    const { quarantine } = await boss({ login: { failures: 2, source_failures: 4 } })
    const { logins } = quarantine
    await logins.login('boss', RIGHT, HERE)
    await logins.rest()
    for (const network of [HERE, THERE])
      for (let i = 0; i < 6; i++)
        await outcomes([logins.login('boss', `wrong password ${i}`, network)])
    expect(
      quarantine
        .as(ROOT)
        .accounts.show('boss')
        .locked.map(({ network }) => network),
    ).toEqual([THERE])
    await expect(logins.login('boss', RIGHT, THERE)).rejects.toThrow(/Too many/)
    await logins.login('boss', RIGHT, HERE)
    // Only lately: a network of long ago is a stranger's.
    later(KNOWN_MS + HOUR)
    await outcomes(many(3, (i) => logins.login('boss', `wrong again ${i}`, HERE)))
    await expect(logins.login('boss', RIGHT, HERE)).rejects.toThrow(/Too many/)
  })

  test('are forgotten with the end of the lock, all of them', async () => {
    const { quarantine } = await boss({ login: { failures: 3, lockout_minutes: 10 } })
    const guess = () => quarantine.logins.login('boss', 'wrong password', HERE)
    for (let i = 0; i < 3; i++) await outcomes([guess()])
    await expect(guess()).rejects.toThrow(/Too many/)
    later(10 * MINUTE + 1)
    expect(await outcomes([guess()])).toEqual({ [WRONG]: 1 })
    expect(await outcomes([guess()])).toEqual({ [WRONG]: 1 })
    await quarantine.logins.login('boss', RIGHT, HERE)
  })

  test('can be unlocked, by whoever manages the account', async () => {
    const { quarantine } = await boss({ login: { failures: 2, source_failures: 2 } })
    for (let i = 0; i < 2; i++)
      await outcomes([quarantine.logins.login('boss', `wrong ${i} xx`, HERE)])
    await expect(quarantine.logins.login('boss', RIGHT, HERE)).rejects.toThrow(/Too many/)
    expect(await quarantine.as(ROOT).accounts.unlock('boss')).toBe(1)
    await quarantine.logins.login('boss', RIGHT, HERE)
  })

  test('and networks are swept when they have no effect any more', async () => {
    const lazaret = await boss()
    const { quarantine, store } = lazaret
    await quarantine.logins.login('boss', RIGHT, HERE)
    for (let i = 0; i < 3; i++)
      await outcomes([quarantine.logins.login(`name ${i}`, 'wrong password', `192.0.2.${i + 10}`)])
    await quarantine.logins.rest()
    expect(await quarantine.system.sweepGuards()).toBe(0)
    later(HOUR)
    expect(await quarantine.system.sweepGuards()).toBe(6)
    expect(store.beside.guards.knownAt('boss', HERE)).toBeGreaterThan(0)
    later(KNOWN_MS)
    expect(await quarantine.system.sweepGuards()).toBe(1)
    expect(store.beside.guards.lastVisit('boss')).toMatchObject({ network: HERE })
  })
})

describe('logins', () => {
  test('of an unknown account, and with a wrong password, do the same work and say the same', async () => {
    const { quarantine } = await boss()
    const { logins } = quarantine
    for (const user of ['boss', 'nobody', '', 'x'.repeat(500)]) {
      const before = queue.done
      await expect(logins.login(user, 'wrong password', HERE)).rejects.toThrow(WRONG)
      expect(queue.done - before).toBe(1)
    }
    const keys = ['boss', 'nobody'].map((name) => logins.scram(name, HERE).keys)
    expect(keys.map(({ iterations }) => iterations)).toEqual([SCRAM_ITERATIONS, SCRAM_ITERATIONS])
    expect(keys[0].salt.length).toBe(keys[1].salt.length)
  })

  test('at one time with one password are one hash', async () => {
    const { quarantine } = await boss()
    const before = queue.done
    expect(await outcomes(many(10, () => quarantine.logins.login('boss', RIGHT, HERE)))).toEqual({
      in: 10,
    })
    expect(queue.done - before).toBe(1)
  })

  test('in a flood leave the pool alone that commits need, and wait in a short queue', async () => {
    const { quarantine } = await boss()
    let settled = 0
    const flood = many(135, (i) =>
      quarantine.logins
        .login(`name ${i}`, 'wrong password', `203.0.113.${i % 3}`)
        .finally(() => settled++),
    )
    const outcome = outcomes(flood)
    const refused = 135 - 3 * NETWORK_MAX - THREADS_MAX
    // Those for whom there is no room know at once; of those that are being hashed none is done yet.
    await stat(__filename)
    await stat(__filename)
    expect(settled).toBeLessThanOrEqual(refused)
    // The owner, from where he was before, is let in beside them.
    const counts = await outcome
    expect(counts).toEqual({
      [WRONG]: 3 * NETWORK_MAX + THREADS_MAX,
      'Too many passwords are being checked at this moment; try again in a few seconds.': refused,
    })
  })

  test('without SCRAM leave no keys for it', async () => {
    const { quarantine } = await boss({ login: { scram: 'no' } })
    expect(quarantine.logins.scram('boss', HERE).login).toBeNull()
    await quarantine.logins.login('boss', RIGHT, HERE)
  })
})

describe('the queue', () => {
  /** Fills all threads with work that ends when it is told to. */
  function busy(): {
    turns: HashQueue
    ended: string[]
    end: () => void
    ask: (name: string, network: string, known?: boolean) => Promise<void>
  } {
    const turns = new HashQueue()
    const ended: string[] = []
    const ends: (() => void)[] = []
    const ask = (account: string, network: string, known = false): Promise<void> =>
      turns.run({ account, network, known }, async () => {
        await new Promise<void>((resolve) => ends.push(resolve))
        ended.push(account)
      })
    for (let i = 0; i < THREADS_MAX; i++) void ask(`busy ${i}`, 'busy', true)
    return { turns, ended, ask, end: () => ends.shift()?.() }
  }

  test('has a bound for all, for strangers, for a network and for an account', async () => {
    const { turns, ask } = busy()
    const fill = async (
      count: number,
      name: (i: number) => string,
      network: (i: number) => string,
      known = false,
    ) => {
      let refused = 0
      for (let i = 0; i < count; i++) ask(name(i), network(i), known).catch(() => refused++)
      await Promise.resolve()
      await new Promise(setImmediate)
      return count - refused
    }
    expect(
      await fill(
        20,
        () => 'one',
        (i) => `${i}`,
      ),
    ).toBe(ACCOUNT_MAX)
    expect(
      await fill(
        20,
        (i) => `a${i}`,
        () => 'one',
      ),
    ).toBe(NETWORK_MAX)
    expect(
      await fill(
        200,
        (i) => `b${i}`,
        (i) => `net ${i}`,
      ),
    ).toBe(STRANGERS_MAX - ACCOUNT_MAX - NETWORK_MAX)
    // Owners still find room.
    expect(
      await fill(
        200,
        (i) => `c${i}`,
        () => 'home',
        true,
      ),
    ).toBe(WAITING_MAX - STRANGERS_MAX)
    expect(turns.waiting).toBe(WAITING_MAX)
  })

  test('gives networks their turns, and owners every second one', async () => {
    const { ended, ask, end } = busy()
    const all = [
      ...['a1', 'a2', 'a3'].map((name) => ask(name, 'a')),
      ask('b1', 'b'),
      ask('owner 1', 'c', true),
      ask('owner 2', 'c', true),
    ]
    const done = Promise.all(all)
    let finished = false
    void done.then(() => (finished = true))
    while (!finished) {
      end()
      await new Promise(setImmediate)
    }
    const order = ended.filter((name) => !name.startsWith('busy'))
    expect(order).toEqual(['owner 1', 'a1', 'owner 2', 'b1', 'a2', 'a3'])
  })
})
