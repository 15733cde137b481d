// What the Haraka plugins `lazaret/imap` and `lazaret/http` do: the first of them keeps the front, the process in which
// people are served, from Haraka's main process, for both.
import cluster from 'node:cluster'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import { idsOf, isReadable, makeDataDir } from '../haraka/owner.ts'
import { carriesMail, harakaDir, isMainProcess, isSecond, orEnd, setup } from '../haraka/setup.ts'
import { beforeStop } from '../haraka/stop.ts'
import type { Plugin } from '../haraka/types.ts'
import { CertificateFile } from '../imap/certificate-file.ts'
import { Keeper } from './keeper.ts'
import type { Serving } from './sockets.ts'

export interface FrontPlugin extends Plugin {
  front?: Keeper
  certificate?: CertificateFile
}

/** In this process one of the plugins has it. */
let kept = false

export function registerFront(plugin: FrontPlugin): void {
  if (isSecond(plugin)) return
  const { config, dir } = setup(plugin)
  if (!isMainProcess(plugin) || kept) return
  kept = true
  const plugins = plugin.config.get('plugins', 'list') as string[]
  const serving = {
    imap: plugins.includes('lazaret/imap'),
    http: plugins.includes('lazaret/http'),
  }
  orEnd(() => makeKeeper(plugin, config, dir, serving))
  plugin.front?.start()
  beforeStop(plugin, config.release, () => plugin.front?.stop() ?? Promise.resolve())
  plugin.certificate?.watch((pem) => plugin.front?.renew(pem))
  // `haraka --graceful` takes the workers one by one and leaves this process: the front is replaced with the first.
  cluster.on('disconnect', ({ id, exitedAfterDisconnect }) => {
    if (!exitedAfterDisconnect) return
    const others = Object.values(cluster.workers ?? {}).flatMap((one) => one?.id ?? [])
    plugin.front?.workerLeft(id, others)
  })
  if (serving.imap && config.imap.test_mailboxes)
    plugin.logerror('imap.test_mailboxes is ON: for tests only, never on a server with real mail')
  if (!plugins.includes('lazaret'))
    plugin.logerror(
      `config/plugins has ${plugin.name} without lazaret: nothing is caught, released or expired; add the line lazaret`,
    )
}

/** Everything that may be wrong is found here, while Haraka can still be stopped. */
function makeKeeper(plugin: FrontPlugin, config: Config, dir: string, serving: Serving): void {
  const { imap } = config
  const log = {
    info: (line: string): void => plugin.loginfo(line),
    notice: (line: string): void => plugin.lognotice(line),
    error: (line: string): void => plugin.logerror(line),
  }
  const ids = idsOf(plugin)
  makeDataDir(dir, ids)
  const at = resolve(harakaDir(plugin), 'config')
  const files = { cert: resolve(at, imap.cert), key: resolve(at, imap.key) }
  if (imap.cert !== '') {
    plugin.certificate = new CertificateFile(files, log.error)
    // With nodes=N the main process stays root and reads a renewed one.
    if (carriesMail(plugin) && !isReadable(files.key, ids))
      log.error(
        `imap.key: ${files.key} can be read by root only: restart Haraka after each renewal of the certificate, or let the user of smtp.ini read it`,
      )
  }
  const pem = plugin.certificate?.pem ?? null
  const me = (plugin.config.get('me') as string | null) || hostname()
  plugin.front = new Keeper(
    { config, dir, me, pem, ids, log: (level, line) => log[level](line) },
    serving,
  )
}

/** Haraka goes down gracefully. */
export function shutdownFront(plugin: FrontPlugin): void {
  plugin.certificate?.stop()
  plugin.front?.stop().catch((error: unknown) => plugin.logerror(`closing: ${String(error)}`))
}
