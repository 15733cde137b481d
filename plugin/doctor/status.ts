// How it goes, at a glance: what runs, what it has, what went wrong lately.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { CLI, type Lazaret } from '../open.ts'
import type { ModelInfo } from '../quarantine/model/model.ts'
import type { LessonAlarm } from '../quarantine/model/alarm.ts'
import { lastErrors, whatRuns, type Noted, type Running } from '../running.ts'
import { FORMAT } from '../store/format.ts'
import type { SpaceState } from '../store/space.ts'
import { DAY, HOUR } from '../time.ts'
import { VERSION } from '../version.ts'
import { greetingOf } from './connect.ts'
import type { Installation } from './installation.ts'

export interface Status {
  /** Nothing below asks for a person. */
  ok: boolean
  /** What does, in sentences. */
  troubles: string[]
  versions: { lazaret: string; node: string; haraka: string | null; format: number }
  dataDir: string
  running: Omit<Running, 'measures'>[]
  model: ModelInfo
  /** Whose lessons contradict in bulk what everybody else's mail has taught. */
  alarms: LessonAlarm[]
  masks: number
  accounts: number
  /** People who are connected; null: nobody could be. */
  sessions: number | null
  /** Messages that are caught, and that wait to be gone for good. */
  held: number
  deleted: number
  releases: {
    /** By state, of those without a final outcome. */
    open: Record<string, number>
    /** Unix ms of the longest wait; null: none is open. */
    since: number | null
  }
  store: SpaceState
  /** Of several machines: why nothing can be changed at the moment; `''`. */
  stopped: string
  ports: { name: string; address: string; answers: boolean }[]
  errors: Noted[]
}

const ERRORS = 5
/** Haraka tries for days; a person wants to know sooner. */
const LATE = DAY

export async function statusOf(
  at: Installation,
  lazaret: Lazaret,
  now = Date.now(),
): Promise<Status> {
  const { store, quarantine } = lazaret
  const verbs = quarantine.as(CLI)
  const running = whatRuns(store.dir).map(forPeople)
  const counts = await verbs.items.counts()
  const found = {
    versions: {
      lazaret: VERSION,
      node: process.version,
      haraka: running.find(({ haraka }) => haraka !== undefined)?.haraka ?? harakaVersion(at),
      format: FORMAT,
    },
    dataDir: store.dir,
    running,
    model: verbs.model.info(),
    alarms: verbs.lessons.alarms(),
    masks: store.views.masks.count(),
    accounts: verbs.accounts.list().length,
    sessions: sum(running.map(({ sessions }) => sessions)),
    held: counts.caught + counts.outgoing,
    deleted: counts.deleted,
    releases: releases(lazaret),
    store: quarantine.system.space,
    stopped: store.state.why,
    ports: await ports(running),
    errors: lastErrors(store.dir, ERRORS),
  }
  const troubles = troublesOf(at, found, now)
  return { ok: troubles.length === 0, troubles, ...found }
}

/** What it counts is for /metrics. */
function forPeople(one: Running): Omit<Running, 'measures'> {
  const { measures: _, ...rest } = one
  return rest
}

function sum(all: readonly (number | null)[]): number | null {
  const numbers = all.filter((one) => one !== null)
  return numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0)
}

function harakaVersion({ harakaDir }: Installation): string | null {
  if (harakaDir === null) return null
  try {
    const path = createRequire(join(harakaDir, 'config/')).resolve('Haraka/package.json')
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
  } catch {
    // It is installed elsewhere, such as globally.
    return null
  }
}

function releases({ quarantine }: Lazaret): Status['releases'] {
  const verbs = quarantine.as(CLI)
  const open: Record<string, number> = {}
  let since: number | null = null
  for (const { item, state } of quarantine.system.openReleases()) {
    open[state] = (open[state] ?? 0) + 1
    const release = verbs.items.get(item)?.item.release
    const asked = release?.asked?.at ?? release?.at
    if (asked !== undefined) since = Math.min(since ?? asked, asked)
  }
  return { open, since }
}

async function ports(running: Status['running']): Promise<Status['ports']> {
  const all = running.flatMap(({ listens }) =>
    Object.entries(listens).flatMap(([name, addresses]) =>
      addresses.map((address) => ({ name, address })),
    ),
  )
  const once = new Map(all.map((one) => [`${one.name} ${one.address}`, one]))
  return await Promise.all(
    Array.from(once.values(), async (one) => ({ ...one, answers: await answers(one) })),
  )
}

async function answers({ name, address }: { name: string; address: string }): Promise<boolean> {
  const at = address.lastIndexOf(':')
  const host = address.slice(0, at).replace(/^\[|\]$/g, '')
  const near = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  try {
    await greetingOf(near, Number(address.slice(at + 1)), {
      tls: name === 'imaps',
      silent: name === 'http',
    })
    return true
  } catch {
    return false
  }
}

function troublesOf(
  at: Installation,
  {
    running,
    ports: asked,
    store,
    stopped,
    releases: { since },
    errors,
    alarms,
  }: Omit<Status, 'ok' | 'troubles'>,
  now: number,
): string[] {
  const troubles: string[] = []
  const roles = running.map(({ role }) => role)
  if (at.fault !== null) troubles.push(at.fault)
  if (!roles.includes('mail')) troubles.push('Haraka does not run on these data')
  else if (at.plugins.some((one) => /^lazaret\/./.test(one)) && !roles.includes('front'))
    troubles.push('nobody is served: the process for it does not run')
  const other = running.find(({ version }) => version !== VERSION)
  if (other)
    troubles.push(`version ${other.version} runs and ${VERSION} is installed: restart Haraka`)
  for (const { name, address, answers: there } of asked)
    if (!there) troubles.push(`${name} on ${address} does not answer`)
  if (stopped !== '')
    troubles.push(
      `nothing can be changed, and mail to be held is answered 451: ${stopped} (lazaret cluster status)`,
    )
  if (store.level !== 'ok')
    troubles.push(
      store.level === 'full'
        ? 'there is no room: mail to be held is answered 451'
        : 'room runs short',
    )
  if (since !== null && now - since > LATE)
    troubles.push(`a release has waited since ${new Date(since).toUTCString()}`)
  troubles.push(...alarms.map(({ text }) => text))
  const late = errors.filter((one) => now - one.at < HOUR)
  if (late.length > 0) troubles.push('there were errors in the last hour')
  return troubles
}
