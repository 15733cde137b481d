// 1,000 releases on three real Harakas of which one after the other is killed, and a next hop that counts: nothing is handed over
// twice without a person being told, and what a dead machine had is sent by another one. npm run cluster.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { getItem } from '../../plugin/store/items.ts'
import { POSTGRESQL } from '../log/postgresql.ts'
import { ROOT } from '../quarantine/rig.ts'
import type { Haraka } from '../rig/haraka.ts'
import { NextHop } from '../rig/sink.ts'
import { takeovers } from './nodes/takeovers.ts'
import { PERSON, Site } from './nodes/site.ts'
import { ended, pair, type Pair } from './nodes/world.ts'

const ALL = process.env.LAZARET_CLUSTER === 'all'
const RELEASES = Number(process.env.LAZARET_RELEASES ?? 1000)
const SEED = Number(process.env.LAZARET_SEED ?? 1)
/** Releases that are under way at a time. */
const OPEN = 40
/** A machine that is killed comes back soon, or after it was given up. */
const SOON_MS = 1000
const LATE_MS = 75_000
const TAKEOVER_MS = 120_000

describe.skipIf(POSTGRESQL === null || !ALL)('releases with owners that die', () => {
  let servers: Pair
  let hop: NextHop
  let site: Site
  afterAll(async () => {
    await site?.close()
    await hop?.stop()
    await ended(servers)
  })

  test('never two without a person told', async () => {
    servers = await pair()
    hop = await NextHop.start()
    const wait = random(2 * SEED - 1)
    hop.reply = async (stage) => {
      if (stage !== 'dot') return null
      await delay(wait() * 200)
      // One in ten is to come again later.
      return wait() < 0.1 ? '451 4.3.0 later' : null
    }
    const ids: number[] = []
    site = await Site.begin(servers, hop, {
      machines: 3,
      prepare: async ({ quarantine, store }) => {
        for (let i = 0; i < RELEASES; i++)
          await quarantine.system.screen(
            {
              sender: `sender${i}@sender.example`,
              recipients: [{ address: PERSON.name, route: null }],
              direction: 'in',
              proofs: { dkim: [], spf: null, checked: false },
              signals: [],
              hold: 'held',
            },
            Buffer.from(`Subject: number ${i}.\r\n\r\n${i}\r\n`),
          )
        for (const { seq, event } of store.events(0))
          if (event.type === 'deposit' && event.item.kind === 'held') ids.push(seq)
      },
    })
    expect(ids).toHaveLength(RELEASES)
    const { desk } = site
    const stateOf = (id: number): string | undefined =>
      getItem(desk.store.views, id)?.release?.state
    const isOver = (id: number): boolean => ['delivered', 'failed'].includes(stateOf(id) ?? '')

    // People release, so many at a time.
    const wanted: number[] = []
    const releasing = (async () => {
      for (const id of ids) {
        while (wanted.filter((one) => !isOver(one)).length >= OPEN) await delay(50)
        await desk.quarantine.as(ROOT).items.release(id)
        wanted.push(id)
      }
      while (!ids.every(isOver)) await delay(200)
    })()
    let isDone = false
    void releasing.then(
      () => (isDone = true),
      () => (isDone = true),
    )

    // Machines die.
    const kills: { node: string; at: number; late: boolean }[] = []
    const back: Promise<void>[] = []
    const down = new Set<number>()
    const draw = random(2 * SEED)
    while (!isDone && wanted.length < ids.length) {
      await delay(1500 + draw() * 3000)
      const up = site.harakas.map((_, i) => i).filter((i) => !down.has(i))
      // One at least takes over.
      if (up.length < 2) continue
      const i = up[Math.floor(draw() * up.length)]
      // The first of them for certain: else nobody takes over.
      const late = down.size === 0 && (draw() < 0.3 || kills.length === 0)
      down.add(i)
      await (site.harakas[i] as Haraka).kill9()
      kills.push({ node: site.places[i].node, at: Date.now(), late })
      process.stdout.write(
        `${kills.length} kills, ${wanted.length} released, ${hop.deliveries.length} have arrived\n`,
      )
      back.push(
        (async () => {
          await delay(late ? LATE_MS : SOON_MS)
          await site.restart(i)
          down.delete(i)
        })(),
      )
    }
    await releasing
    await Promise.all(back)

    const counts = new Map<number, number>()
    for (const { sender } of hop.deliveries) {
      const at = Number(/^sender(\d+)@/.exec(sender)?.[1] ?? -1)
      counts.set(at, (counts.get(at) ?? 0) + 1)
    }
    const outcomes = ids.map((id, i) => ({
      id,
      state: stateOf(id),
      times: counts.get(i) ?? 0,
      isBack: (getItem(desk.store.views, id)?.places ?? []).length > 0,
    }))
    const told = outcomes.filter(({ state }) => state === 'failed')
    let notices = 0
    for (const { event } of desk.store.events(0))
      if (event.type === 'deposit' && event.item.kind === 'notice') notices++
    const taken = takeovers(desk.store, kills)
    const worst = Math.max(0, ...taken.map(({ after }) => after))
    process.stdout.write(
      `\n${RELEASES} releases, seed ${SEED}: ${kills.length} kills (${kills.filter(({ late }) => late).length} for ${LATE_MS / 1000} s), ` +
        `${taken.length} takeovers (${taken.filter((one) => one.told).length} of a message that was being sent: its person told), ` +
        `the latest ${(worst / 1000).toFixed(1)} s after the kill; ` +
        `${outcomes.filter(({ state }) => state === 'delivered').length} delivered, ${told.length} came back and a person was told ` +
        `(${told.filter(({ times }) => times === 1).length} of them had arrived); ` +
        `twice: ${outcomes.filter(({ times }) => times > 1).length}; lost: ${outcomes.filter(({ state, times }) => state === 'delivered' && times === 0).length}\n`,
    )
    // What the journal and the machines' logs say of each that came twice.
    for (const { id, times } of outcomes.filter(({ times }) => times > 1)) {
      const told: unknown[] = []
      for (const { seq, event } of desk.store.events(0))
        if (event.type === 'release' && event.item === id) told.push({ seq, ...event })
      process.stdout.write(`item ${id}, ${times} times:\n${JSON.stringify(told, null, 1)}\n`)
    }
    expect(outcomes.filter(({ times }) => times > 1)).toEqual([])
    expect(outcomes.filter(({ state, times }) => state === 'delivered' && times !== 1)).toEqual([])
    expect(told.filter(({ isBack }) => !isBack)).toEqual([])
    expect(notices).toBeGreaterThanOrEqual(told.length)
    expect(taken.length).toBeGreaterThan(0)
    expect(worst).toBeLessThan(TAKEOVER_MS)
  })
})

/** The same numbers in each run (Marsaglia, "Xorshift RNGs", 2003). */
function random(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}
