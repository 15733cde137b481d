// Reads lazaret.ini, and stops at what it cannot read: Haraka's own reader passes over it, and a setting that its
// administrator wrote would not hold.
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { ConfigError, readConfig, type Config, type Ini } from './config.ts'

/** Keys whose values may hold what looks like a comment. */
const FREE = new Set(['subject_prefix', 'bind_password', 'client_secret'])

/** The configuration of a file; the defaults where there is none. Throws ConfigError with file, line or key, and reason. */
export function configOf(path: string): Config {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return readConfig({}, path)
    throw error
  }
  return readConfig(parseIni(text, path), path)
}

/** The data folder of a Haraka folder. Throws ConfigError where it cannot be one. */
export function dataDirOf(harakaDir: string, { main }: Config): string {
  const dir = resolve(harakaDir, main.data_dir)
  if (isHarakas(resolve(harakaDir), dir))
    throw new ConfigError(
      `lazaret.ini: main.data_dir: ${dir} is where Haraka has files of its own: name a folder for the data alone, such as lazaret`,
    )
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new ConfigError(`lazaret.ini: main.data_dir: ${dir} is a file: name a folder`)
  return dir
}

/** The Haraka folder, one around it, or what Haraka reads in it: rights and files there are not ours. */
function isHarakas(haraka: string, dir: string): boolean {
  const holds = (outer: string, inner: string): boolean => {
    const way = relative(outer, inner)
    return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
  }
  return holds(dir, haraka) || HARAKAS.some((name) => holds(join(haraka, name), dir))
}

const HARAKAS = ['config', 'queue', 'plugins', 'node_modules']

/** Sections and keys of a file, as texts. */
export function parseIni(text: string, file: string): Ini {
  const ini = new Map<string, Map<string, string>>()
  let section = 'main'
  const lines = text.split(/\r\n|\r|\n/)
  for (const [i, whole] of lines.entries()) {
    const line = whole.trim()
    const refuse = (reason: string): never => {
      throw new ConfigError(`${file}, line ${i + 1}: ${reason}`)
    }
    if (/[\ufeff\ufffd\u0000]/.test(whole))
      refuse('this is not UTF-8, or has a byte order mark: save the file as UTF-8 without one')
    if (line === '' || /^[;#]/.test(line)) continue
    if (line.startsWith('[')) {
      const found = /^\[([^\]]*)\]$/.exec(line)
      section = found?.[1].trim() ?? refuse(`'${line}' is no section: write [name], alone`)
      if (!ini.has(section)) ini.set(section, new Map())
      continue
    }
    const { key, value, wrong } = pair(line)
    if (wrong) refuse(wrong)
    const keys = ini.get(section) ?? new Map<string, string>()
    if (keys.has(key)) refuse(`${section}.${key} is set a second time: remove one of the two`)
    ini.set(section, keys.set(key, value))
  }
  return Object.fromEntries(Array.from(ini, ([name, keys]) => [name, Object.fromEntries(keys)]))
}

/** `wrong`: why it is none, and what to write. */
function pair(line: string): { key: string; value: string; wrong?: string } {
  const at = line.indexOf('=')
  const none = { key: '', value: '' }
  if (at < 0) {
    const [key, rest] = line.split(/[:\s]+(.*)/s)
    return { ...none, wrong: `'${line}' has no '=': write ${key} = ${rest?.trim() || 'VALUE'}` }
  }
  const key = line.slice(0, at).trim()
  const value = line.slice(at + 1).trim()
  if (!/^\w+$/.test(key)) {
    const meant = /^\w+/.exec(key)?.[0] ?? 'KEY'
    return { ...none, wrong: `'${key}' is no name of a key: write ${meant} = VALUE` }
  }
  if (/^(["'`]).*\1$/.test(value) && value.length > 1)
    return { ...none, wrong: `${key} is in quotes: write ${key} = ${value.slice(1, -1)}` }
  if (/^["'`]|["'`]$/.test(value) && !FREE.has(key))
    return { ...none, wrong: `${key} has a quote at one end: ${value}` }
  if (value.endsWith('\\'))
    return { ...none, wrong: `${key} ends with '\\': a value stands on one line` }
  if (/\s[;#]/.test(value) && !FREE.has(key))
    return {
      ...none,
      wrong: `${key} is followed by a comment: put that on a line of its own, above`,
    }
  return { key, value }
}
