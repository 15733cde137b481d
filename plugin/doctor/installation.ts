// An installation as its files say, also where they are wrong: what can be read is there, what cannot is told.
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { readConfig, type Config } from '../config.ts'
import { configOf, dataDirOf } from '../ini.ts'
import { sentenceOf } from '../whose.ts'

export interface Installation {
  /** Null: there is a data folder alone. */
  readonly harakaDir: string | null
  readonly dataDir: string
  /** The defaults where it cannot be read. */
  readonly config: Config
  /** What is wrong with lazaret.ini; null: nothing. */
  readonly fault: string | null
  /** Lines of config/plugins. */
  readonly plugins: readonly string[]
  /** The name by which this server calls itself. */
  readonly me: string
  readonly smtp: Sections
  /** Of Haraka's outbound; null where no Haraka folder is known. */
  readonly queueDir: string | null
}

/** Of an ini file of Haraka's, section by section, as texts. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>

export function installationAt(harakaDir: string | null, data?: string): Installation {
  const config = configAt(harakaDir)
  const at = harakaDir ?? '.'
  return {
    harakaDir,
    ...config,
    dataDir: data === undefined ? dataAt(at, config.config) : resolve(data),
    plugins: linesOf(fileIn(harakaDir, 'plugins')),
    me: linesOf(fileIn(harakaDir, 'me'))[0] ?? hostname(),
    smtp: iniIn(harakaDir, 'smtp.ini'),
    queueDir:
      harakaDir && resolve(harakaDir, linesOf(fileIn(harakaDir, 'queue_dir'))[0] ?? 'queue'),
  }
}

function configAt(harakaDir: string | null): Pick<Installation, 'config' | 'fault'> {
  try {
    if (harakaDir === null) return { config: readConfig({}), fault: null }
    const config = configOf(join(harakaDir, 'config', 'lazaret.ini'))
    dataDirOf(harakaDir, config)
    return { config, fault: null }
  } catch (error) {
    return { config: readConfig({}), fault: sentenceOf(error) }
  }
}

const dataAt = (harakaDir: string, { main }: Config): string => resolve(harakaDir, main.data_dir)

/** A configuration file of Haraka's; empty where there is none. */
function fileIn(harakaDir: string | null, name: string): string {
  const path = harakaDir && join(harakaDir, 'config', name)
  return path && existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#;]/.test(line))
}

/** As Haraka reads it: what it does not understand is passed over. */
export function iniIn(harakaDir: string | null, name: string): Sections {
  const sections: Record<string, Record<string, string>> = { main: {} }
  let keys = sections.main
  for (const line of linesOf(fileIn(harakaDir, name))) {
    const section = /^\[([^\]]*)\]$/.exec(line)
    if (section) keys = sections[section[1].trim()] ??= {}
    const pair = /^([^=]+?)\s*=\s*(.*)$/.exec(line)
    if (pair) keys[pair[1]] = pair[2]
  }
  return sections
}
