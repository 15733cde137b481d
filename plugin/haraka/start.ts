// What a start tells: which version, which data, what it knows; for the log, and for who asks later (running.ts).
import cluster from 'node:cluster'
import { CLI, type Lazaret } from '../open.ts'
import { tellRunning } from '../running.ts'
import { VERSION } from '../version.ts'
import { haraka } from './modules.ts'
import type { Plugin, Server } from './types.ts'

/** How old what others are told of this process may be. */
const RUNS_MS = 10_000

/** In each process that carries mail, when Haraka listens. `measures`: what it has counted. */
export function tellStart(
  plugin: Plugin,
  lazaret: Lazaret,
  measures: () => Promise<object[]>,
): void {
  const smtp = listensOn(plugin)
  const { version } = haraka<{ version: string }>(plugin, 'package.json')
  const told = { role: 'mail', listens: { smtp }, sessions: null, haraka: version } as const
  const tell = async (): Promise<void> =>
    tellRunning(lazaret.store.dir, { ...told, measures: await measures() })
  const failed = (error: unknown): void => plugin.logerror(`telling what runs: ${String(error)}`)
  tell().catch(failed)
  setInterval(() => void tell().catch(failed), RUNS_MS).unref()
  // Of several workers one says it.
  if ((cluster.worker?.id ?? 1) !== 1) return
  const { ham, spam, prior } = lazaret.quarantine.as(CLI).model.info()
  const base = prior ? ' upon a base model' : ''
  plugin.lognotice(
    `lazaret ${VERSION}: data in ${lazaret.store.dir}; model of ${ham} ham and ${spam} spam lessons${base}; ` +
      `${lazaret.store.views.masks.count()} masks; SMTP on ${smtp.join(', ')}`,
  )
}

function listensOn(plugin: Plugin): string[] {
  const addresses = (haraka<Server>(plugin, 'server').listeners ?? []).map((one) => one.address())
  return addresses.flatMap((one) => {
    if (one === null || typeof one === 'string') return one ?? []
    return one.family === 'IPv6' ? `[${one.address}]:${one.port}` : `${one.address}:${one.port}`
  })
}
