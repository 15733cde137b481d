// Mail whose label is known: index files with lines `spam path`, `ham path` (as of the TREC corpora), and
// folders named for what is in them.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Label } from '../../mail.ts'
import { Usage } from '../errors.ts'
import { mailFiles, type MailFile } from './files.ts'

export interface Labelled extends MailFile {
  label: Label
}

const LINE = /^(spam|ham)\s+(\S.*?)\s*$/i
/** `spam`, `ham`, `easy-ham-1`, `spam_2`. */
const NAME = /(?:^|[-_.])(spam|ham)(?:[-_.\d]|$)/i

export interface Corpus {
  files: Labelled[]
  /** In the order that an index file gives: not to be shuffled. */
  ordered: boolean
}

export function labelled(path: string): Corpus {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) throw new Usage(`${path}: there is no such file or folder`)
  if (stat.isFile()) return { files: index(path), ordered: true }
  const own = join(path, 'index')
  if (existsSync(own)) return { files: index(own), ordered: true }
  const files = mailFiles([path]).files.flatMap((file) => {
    const label = labelOf(relative(path, file.path))
    return label ? [{ ...file, label }] : []
  })
  if (files.length === 0)
    throw new Usage(
      `${path}: no mail in folders named spam and ham, and no index file with lines 'spam PATH' and 'ham PATH'`,
    )
  return { files, ordered: false }
}

/** By the innermost folder whose name says so. */
function labelOf(path: string): Label | null {
  const folders = dirname(path).split(sep).toReversed()
  for (const name of folders) {
    const found = NAME.exec(name)?.[1].toLowerCase()
    if (found === 'spam' || found === 'ham') return found
  }
  return null
}

function index(path: string): Labelled[] {
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  return lines.flatMap((line, at) => {
    if (line.trim() === '' || line.startsWith('#')) return []
    const [, label, name] = LINE.exec(line) ?? []
    if (!label) throw new Usage(`${path}: line ${at + 1} is not 'spam PATH' or 'ham PATH'`)
    const file = resolve(dirname(path), name)
    const stat = statSync(file, { throwIfNoEntry: false })
    if (!stat) throw new Usage(`${path}: line ${at + 1}: there is no ${file}`)
    if (stat.size === 0) throw new Usage(`${path}: line ${at + 1}: ${file} is empty`)
    return [{ path: file, size: stat.size, label: label.toLowerCase() as Label }]
  })
}

/** The items in an order that depends on the seed alone (mulberry32, Fisher-Yates). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}
