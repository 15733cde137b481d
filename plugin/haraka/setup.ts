// How a Haraka plugin finds the configuration and the data directory of Lazaret.
import cluster from 'node:cluster'
import { dirname, join } from 'node:path'
import { configOf, dataDirOf } from '../ini.ts'
import type { Config } from '../config.ts'
import { DataError } from '../errors.ts'
import { noteError } from '../running.ts'
import { sentenceOf } from '../whose.ts'
import { haraka } from './modules.ts'
import type { Plugin, Plugins, Server } from './types.ts'

export interface Setup {
  config: Config
  /** The data directory, absolute. */
  dir: string
}

/** Reads and checks lazaret.ini. A wrong value ends Haraka: mail must not pass a filter that is not there. */
export function setup(plugin: Plugin): Setup {
  return orEnd(() => {
    const at = harakaDir(plugin)
    const config = configOf(join(at, 'config', 'lazaret.ini'))
    const dir = dataDirOf(at, config)
    keepErrors(plugin, dir)
    return { config, dir }
  })
}

/** Errors of this plugin are found again by `lazaret status`, wherever Haraka's log goes. */
function keepErrors(plugin: Plugin, dir: string): void {
  const log = plugin.logerror.bind(plugin)
  plugin.logerror = (line: string): void => {
    log(line)
    noteError(dir, line)
  }
}

/** Haraka's folder: paths in lazaret.ini are relative to it, those of certificates to config/ in it. */
export function harakaDir(plugin: Plugin): string {
  return process.env.HARAKA ?? dirname(haraka<Server>(plugin, 'server').config.root_path)
}

/** What keeps a plugin from starting ends Haraka; people read why on stderr too. */
export function orEnd<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    // Haraka's own report of an exception goes to its log, which may be a file or a service.
    const why = sentenceOf(error)
    process.stderr.write(`lazaret: ${why}\n`)
    // Haraka starts a worker that has ended again, and again.
    if (cluster.isWorker && error instanceof DataError) process.send?.({ event: UNUSABLE, why })
    throw error
  }
}

/** Of a worker to the main process: no further start of it would go better. */
const UNUSABLE = 'lazaret.unusable'

/** In the main process: ends Haraka where its workers cannot use the data. */
export function endWithWorkers(plugin: Plugin): void {
  cluster.on('message', (_worker, { event, why }: { event?: unknown; why?: unknown }) => {
    if (event !== UNUSABLE || typeof why !== 'string') return
    plugin.logerror(`Haraka ends, since its workers cannot start: ${why}`)
    process.exit(1)
  })
}

/**
 * In the main process: a worker that dies while it is being started is one that is started again. Haraka sends it a message that
 * then cannot be sent, and ends at that.
 */
export function outliveWorkers(plugin: Plugin): void {
  cluster.on('fork', (worker) => {
    worker.on('error', (error) => {
      plugin.logerror(`worker ${worker.id} cannot be told anything: ${String(error)}`)
    })
  })
}

/**
 * Haraka registers a plugin once for each line of config/plugins that names it, and then runs every hook on the last one
 * that many times. What the first has is given to this one, which has nothing else to do; false: this is the first.
 */
export function isSecond(plugin: Plugin): boolean {
  const first = haraka<Plugins>(plugin, 'plugins').registered_plugins[plugin.name]
  if (!first || first === plugin) return false
  plugin.logerror(
    `config/plugins names ${plugin.name} twice: the second line does nothing, remove it`,
  )
  for (const [key, value] of Object.entries(first))
    if (!Object.hasOwn(plugin, key)) Object.assign(plugin, { [key]: value as unknown })
  return true
}

/** With smtp.ini nodes=N the first process only starts the others: it carries no mail. */
export function carriesMail(plugin: Plugin): boolean {
  const nodes = haraka<Server>(plugin, 'server').cfg?.main.nodes
  return !(cluster.isPrimary && nodes)
}

/**
 * Whether this is the one process that lives as long as Haraka does: not a worker, not the foreground process that
 * only starts the daemon, and not `haraka -o` or `-t`, which call register() too.
 */
export function isMainProcess(plugin: Plugin): boolean {
  const server = haraka<Server>(plugin, 'server')
  if (!cluster.isPrimary || (server.cfg?.main.daemonize && !process.env.__daemon)) return false
  return haraka<Plugins>(plugin, 'plugins').server === server
}
