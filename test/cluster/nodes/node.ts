// One machine of a cluster, in a process of its own that may be killed: writers that never rest, and what it is asked over IPC.
import { createHash } from 'node:crypto'
import { clusterOf } from '../../../plugin/cluster/config.ts'
import { readConfig } from '../../../plugin/config.ts'
import { Gone, type Log, type Session } from '../../../plugin/log/log.ts'
import { open, type Lazaret } from '../../../plugin/open.ts'
import { VIEW_NAMES, type Views } from '../../../plugin/store/env.ts'
import { Store } from '../../../plugin/store/store.ts'

export interface Given {
  dir: string
  /** `[cluster]`; null: this machine alone. */
  cluster: Record<string, string> | null
  /** In front of the names of its events. */
  prefix: string
  /** Octets of a message. */
  octets: number
  /** A store alone, or all of a quarantine that holds messages as SMTP brings them. */
  what: 'append' | 'hold'
}

/** What happens to this process when it has the turn next, before it appends; `wait`: until it is told to go on. */
export type Trap = 'SIGKILL' | 'SIGSTOP' | 'wait'

export type Ask =
  | { do: 'write'; writers: number }
  | { do: 'fill'; events: number }
  | { do: 'go' | 'rest' | 'settle' | 'journal' | 'state' | 'close' }
  | { do: 'trap'; with: Trap }

export interface Journal {
  /** Of each event its seq and, where it brought a message, its name. */
  events: [seq: number, name: string][]
  /** SHA-256 of each view. */
  digests: Record<string, string>
}

/** What it tells unasked. */
export type Tale =
  | { told: 'acked'; name: string; id: number; at: number }
  | { told: 'refused'; name: string; why: string; at: number }
  | { told: 'unknown'; entry: string }
  | { told: 'trapped' }
  | { told: 'halted'; why: string }

export interface Answer {
  to: number
  answer: unknown
}

const given = JSON.parse(process.argv[2]) as Given
let trap: Trap | null = null
let go: () => void = () => undefined
let writing = false
let writers: Promise<void>[] = []
let names = 0

const tell = (tale: Tale | Answer): Promise<void> =>
  new Promise((resolve) => {
    if (process.send) process.send(tale, () => resolve())
    else resolve()
  })

/** As the log is, but for the traps. */
function watched(log: Log): Log {
  return {
    open: async (me) => withTraps(await log.open(me)),
    onNews: (listener) => log.onNews(listener),
    close: async () => await log.close(),
  }
}

function withTraps(session: Session): Session {
  const append: Session['append'] = async (entry, blobs) => {
    if (trap) {
      const what = trap
      trap = null
      const told = new Promise<void>((resolve) => (go = resolve))
      await tell({ told: 'trapped' })
      if (what === 'wait') await told
      else process.kill(process.pid, what)
    }
    try {
      return await session.append(entry, blobs)
    } catch (error) {
      if (error instanceof Gone) void tell({ told: 'unknown', entry: entry.id })
      throw error
    }
  }
  return new Proxy(session, {
    get(target, key) {
      if (key === 'append') return append
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

const config = readConfig({
  main: { base_model: 'no' },
  ...(given.cluster && { cluster: given.cluster }),
})

function begin(): { store: Store; lazaret: Lazaret | null } {
  if (given.what === 'hold') {
    const lazaret = open(config, given.dir)
    return { store: lazaret.store, lazaret }
  }
  const cluster = clusterOf(config)
  const onHalt = (why: string): void => void tell({ told: 'halted', why })
  const store = new Store({
    dir: given.dir,
    cluster: cluster && { ...cluster, log: watched(cluster.log), onHalt },
  })
  return { store, lazaret: null }
}

const { store, lazaret } = begin()

/** A message of its own: its name, and what makes it as long as it shall be. */
function message(name: string): Buffer {
  return Buffer.from(`Subject: ${name}\r\n\r\n`.padEnd(given.octets, `${name} `))
}

async function deposit(name: string): Promise<number> {
  const raw = message(name)
  if (lazaret) {
    await lazaret.quarantine.system.screen(
      {
        sender: 'someone@sender.example',
        recipients: [{ address: 'user@example.com', route: null }],
        direction: 'in',
        proofs: { dkim: [], spf: null, checked: false },
        signals: [],
        hold: 'held',
      },
      raw,
    )
    return 0
  }
  return await store.write({ actor: 'node' }, (tx) =>
    tx.append({
      type: 'deposit',
      item: {
        kind: 'held',
        blob: tx.blob(raw),
        size: raw.length,
        at: tx.at,
        direction: 'in',
        sender: 'someone@sender.example',
        recipients: ['user@example.com'],
        scope: 'user@example.com',
        home: 'caught',
        route: null,
        verdict: null,
        signals: [],
        edit: null,
        identity: name,
      },
      folder: 'caught',
      flags: { system: 0, keywords: [] },
    }),
  )
}

async function writer(): Promise<void> {
  while (writing) {
    const name = `${given.prefix}.${++names}`
    try {
      const id = await deposit(name)
      await tell({ told: 'acked', name, id, at: Date.now() })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      await tell({ told: 'refused', name, why, at: Date.now() })
      // Who was refused comes again later.
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

async function fill(events: number): Promise<null> {
  const AT_ONCE = 64
  for (let left = events; left > 0; left -= AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(left, AT_ONCE) }, () => deposit(`${given.prefix}.${++names}`)),
    )
  return null
}

async function settle(): Promise<number> {
  const since = performance.now()
  while (!(await store.barrier(10_000)) && !isHalted()) continue
  return performance.now() - since
}

const isHalted = (): boolean =>
  store.state.can === 'read' && !/cannot be reached|not been asked/.test(store.state.why)

function journal(): Journal {
  store.refresh()
  const events: Journal['events'] = []
  for (const { seq, event } of store.events(0))
    events.push([seq, event.type === 'deposit' ? nameOf(event.item.blob) : ''])
  return { events, digests: digestsOf(store.views) }
}

function nameOf(blob: string): string {
  return /^Subject: (\S+)/.exec(String(store.views.blobs.get(blob)))?.[1] ?? `lost ${blob}`
}

function digestsOf(views: Views): Record<string, string> {
  return Object.fromEntries(
    VIEW_NAMES.map((view) => {
      const hash = createHash('sha256')
      for (const { key, value } of views[view].range({}))
        hash.update(JSON.stringify(key)).update(value)
      return [view, hash.digest('hex')]
    }),
  )
}

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.do) {
    case 'write':
      writing = true
      writers = Array.from({ length: ask.writers }, writer)
      break
    case 'fill':
      return await fill(ask.events)
    case 'rest':
      writing = false
      await Promise.all(writers)
      break
    case 'settle':
      return await settle()
    case 'journal':
      return journal()
    case 'state':
      store.refresh()
      return { ...store.state, seq: store.seq }
    case 'go':
      go()
      break
    case 'trap':
      trap = ask.with
      break
    case 'close':
      writing = false
      await (lazaret ?? store).close()
  }
  return null
}

process.on('message', ({ id, ask }: { id: number; ask: Ask }) => {
  void answer(ask)
    .catch((error: unknown) => ({ error: error instanceof Error ? error.stack : String(error) }))
    .then(async (said) => {
      await tell({ to: id, answer: said })
      if (ask.do === 'close') process.exit(0)
    })
})
// Its test is gone.
process.on('disconnect', () => process.exit(1))
