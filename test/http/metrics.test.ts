// /metrics: who may read it, that it counts what happens, and that the dashboard that ships asks for nothing else.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { count, measures, metered } from '../../plugin/haraka/receive/meter.ts'
import { tellRunning } from '../../plugin/running.ts'
import { envelope, hold, message, ROOT as ADMIN } from '../quarantine/rig.ts'
import { ROOT } from '../rig/build.ts'
import { accounts, world, type World } from './world.ts'

let on: World
beforeAll(async () => {
  on = await world({ login: { scram: 'no' } })
  await accounts(on, ['admin', 'super-admin'], ['example.com', 'domain'])
})

const metrics = async (): Promise<string> => (await on.ask('/metrics')).text
/** The value of a series of the text; null: it is not there. */
function value(text: string, series: string): number | null {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? null : Number(line.slice(series.length + 1))
}

test('what happens is counted, whoever does it', async () => {
  const { quarantine, store } = on.lazaret
  const before = await metrics()
  expect(value(before, 'lazaret_held_total')).toBe(0)
  const held = await metered(() => hold(on.lazaret, message('one')))
  count(held)
  const [{ item }] = held
  await metered(() =>
    quarantine.system.screen(envelope({ to: ['user@example.com'] }), message('x')),
  )
  await expect(metered(() => Promise.reject(new Error('the thread ended')))).rejects.toThrow()
  const root = quarantine.as(ADMIN)
  await root.items.releaseAndTrain(item as number)
  const [job] = (await quarantine.system.claim(item as number, 'test')) ?? []
  await quarantine.system.queued(item as number, job.token)
  await quarantine.system.sending(item as number, job.token, job.recipient)
  await quarantine.system.report(item as number, job.token, 'delivered', '250 ok', job.recipient)
  tellRunning(store.dir, {
    role: 'front',
    listens: {},
    sessions: 3,
    restarts: 2,
    measures: await measures(),
  })

  const text = await metrics()
  const process_ = `process="${process.pid}"`
  const counted = (series: string): number | null => value(text, series)
  expect(counted(`lazaret_messages_total{class="spam",action="hold",${process_}}`)).toBe(1)
  expect(counted(`lazaret_messages_total{class="ham",action="reject",${process_}}`)).toBe(0)
  expect(counted(`lazaret_judging_seconds_count{${process_}}`)).toBe(2)
  expect(counted(`lazaret_judging_seconds_bucket{le="+Inf",${process_}}`)).toBe(2)
  expect(counted(`lazaret_judging_failures_total{${process_}}`)).toBe(1)
  expect(counted('lazaret_held_total')).toBe(1)
  expect(counted('lazaret_releases_total{state="wanted"}')).toBe(1)
  expect(counted('lazaret_releases_total{state="delivered"}')).toBe(1)
  expect(counted('lazaret_outcomes_total{outcome="delivered"}')).toBe(1)
  expect(counted('lazaret_lessons_total{label="ham"}')).toBe(1)
  expect(counted('lazaret_items{folder="caught"}')).toBe(0)
  expect(counted('lazaret_accounts')).toBe(2)
  expect(counted('lazaret_model_messages{label="ham"}')).toBe(1)
  expect(counted('lazaret_store_used_bytes')).toBeGreaterThan(0)
  expect(counted('lazaret_sessions')).toBe(3)
  expect(counted('lazaret_front_restarts_total')).toBe(2)
  // Asked twice, counted once.
  expect(value(await metrics(), 'lazaret_held_total')).toBe(1)
  for (const line of text.split('\n'))
    expect(line).toMatch(/^$|^# (HELP|TYPE) lazaret_\w+ .+$|^lazaret_\w+(\{[^}]*\})? [\d.e+-]+$/)
})

test('from elsewhere, or passed on by a proxy, it needs a token of the super-admin', async () => {
  const status = async (token?: string, headers: Record<string, string> = {}): Promise<number> =>
    (await on.ask('/metrics', { token, headers })).status
  const passed = { 'x-forwarded-for': '127.0.0.1' }
  expect(await status()).toBe(200)
  for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'])
    expect(await status(undefined, { [name]: '127.0.0.1' })).toBe(401)
  expect(await status(await on.token('admin', 'read'), passed)).toBe(200)
  expect(await status(await on.token('admin', 'report'), passed)).toBe(403)
  expect(await status(await on.token('example.com'), passed)).toBe(403)
})

test('the dashboard asks for metrics that there are, and for all of them', async () => {
  await on.lazaret.quarantine.system.snapshotModel(true)
  const text = await metrics()
  const names = new Set(Array.from(text.matchAll(/^(lazaret_\w+)/gm), ([, name]) => name))
  const file = readFileSync(join(ROOT, 'config/grafana/lazaret.json'), 'utf8')
  const { panels } = JSON.parse(file) as { panels: { targets: { expr: string }[] }[] }
  const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n')
  const asked = new Set(exprs.match(/lazaret_\w+/g))
  for (const name of asked) expect(names).toContain(name)
  const told = [...names].map((name) => name.replace(/_(count|sum)$/, '_bucket'))
  for (const name of told) expect(`${exprs} lazaret_info`).toContain(name)
})
