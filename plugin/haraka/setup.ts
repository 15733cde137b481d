// How a Haraka plugin finds the configuration and the data directory of Lazaret.
import cluster from 'node:cluster'
import { dirname, resolve } from 'node:path'
import { ConfigError, readConfig, type Config, type Ini } from '../config.ts'
import { haraka } from './modules.ts'
import type { Plugin, Server } from './types.ts'

export interface Setup {
  config: Config
  /** The data directory, absolute. */
  dir: string
}

/** Reads and checks lazaret.ini. A wrong value ends Haraka: mail must not pass a filter that is not there. */
export function setup(plugin: Plugin): Setup {
  try {
    const config = readConfig(plugin.config.get('lazaret.ini') as Ini)
    const server = haraka<Server>(plugin, 'server')
    const base = process.env.HARAKA ?? dirname(server.config.root_path)
    return { config, dir: resolve(base, config.main.data_dir) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    // Haraka's own report of an exception goes to its log, which may be a file or a service.
    process.stderr.write(`lazaret: ${error.message}\n`)
    throw error
  }
}

/** With smtp.ini nodes=N the first process only starts the others: it carries no mail. */
export function carriesMail(plugin: Plugin): boolean {
  const nodes = haraka<Server>(plugin, 'server').cfg?.main.nodes
  return !(cluster.isPrimary && nodes)
}
