// What a start tells: which version, which data, what it knows; for the log, and for who asks later (running.ts).
import cluster from 'node:cluster'
import { CLI, type Lazaret } from '../open.ts'
import { tellRunning } from '../running.ts'
import { VERSION } from '../version.ts'
import { haraka } from './modules.ts'
import type { Plugin, Server } from './types.ts'

/** In each process that carries mail, when Haraka listens. */
export function tellStart(plugin: Plugin, lazaret: Lazaret): void {
  const smtp = listensOn(plugin)
  tellRunning(lazaret.store.dir, { role: 'mail', listens: { smtp }, sessions: null })
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
