// Where the configuration and the data of the quarantine are.
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { readConfig, type Config } from '../config.ts'
import { configOf, dataDirOf } from '../ini.ts'
import { Usage } from './errors.ts'

export interface PlaceOptions {
  /** A Haraka folder or its config folder. */
  config?: string
  /** The data folder. */
  data?: string
}

export interface Place {
  /** Null: none was found, and the defaults hold. */
  harakaDir: string | null
  dataDir: string
  config: Config
}

/** `npm start` keeps its Haraka folder here, below its own folder. */
const GATEWAY = 'haraka'

/**
 * The Haraka folder is --config, else $HARAKA, else the current folder when it is one, else that of
 * the local gateway in ./var. The data folder is --data, else main.data_dir of its lazaret.ini.
 */
export function findPlace(options: PlaceOptions, env = process.env): Place {
  const { harakaDir, dataDir } = whereIs(options, env)
  const config = readIni(harakaDir)
  return { harakaDir, dataDir: dataDir ?? dataDirOf(harakaDir as string, config), config }
}

/** The same without a look at lazaret.ini: `dataDir` only where --data names one. One of the two is there. */
export function whereIs(
  { config, data }: PlaceOptions,
  env = process.env,
): { harakaDir: string | null; dataDir?: string } {
  const harakaDir = findHaraka(config, data, env)
  if (harakaDir === null && data === undefined)
    throw new Usage(
      'no Haraka folder was found: give --config DIR (the folder in which Haraka runs) or set HARAKA, ' +
        'or run the command in that folder; --data DIR names a data folder without one',
    )
  const own = data !== undefined && !isGateway(data)
  return { harakaDir, ...(own && { dataDir: resolve(data) }) }
}

function findHaraka(
  config: string | undefined,
  data: string | undefined,
  env: NodeJS.ProcessEnv,
): string | null {
  if (config !== undefined) {
    const found = harakaAt(resolve(config))
    if (found) return found
    throw new Usage(
      `--config ${config}: this is neither a Haraka folder (with config/plugins) nor its config folder`,
    )
  }
  if (data !== undefined && isGateway(data)) return join(resolve(data), GATEWAY)
  if (env.HARAKA) {
    const found = harakaAt(resolve(env.HARAKA))
    if (found) return found
    throw new Usage(`HARAKA=${env.HARAKA}: this is no Haraka folder (with config/plugins)`)
  }
  for (const dir of [resolve('.'), resolve('var', GATEWAY)])
    if (existsSync(join(dir, 'config', 'plugins'))) return dir
  return null
}

function harakaAt(dir: string): string | null {
  if (existsSync(join(dir, 'config', 'plugins')) || existsSync(join(dir, 'config', 'lazaret.ini')))
    return dir
  const inside = existsSync(join(dir, 'plugins')) || existsSync(join(dir, 'lazaret.ini'))
  return inside && basename(dir) === 'config' ? dirname(dir) : null
}

/** The folder of a local gateway (`npm start -- --data DIR`) stands for the data inside it. */
const isGateway = (dir: string): boolean =>
  existsSync(join(dir, GATEWAY, 'config', 'lazaret.ini')) && !existsSync(join(dir, 'data.mdb'))

/** Of Haraka's outbound: config/queue_dir, else `queue`. Null where no Haraka folder is known. */
export function queueDirOf({ harakaDir }: Place): string | null {
  if (harakaDir === null) return null
  const file = join(harakaDir, 'config', 'queue_dir')
  const named = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  return resolve(harakaDir, named || 'queue')
}

function readIni(harakaDir: string | null): Config {
  return harakaDir === null ? readConfig({}) : configOf(join(harakaDir, 'config', 'lazaret.ini'))
}
