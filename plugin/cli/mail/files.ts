// Mail in files: eml, mbox, maildir, folders of any of them, and stdin.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Usage } from '../errors.ts'
import { count } from '../output.ts'
import { isMail, isMbox, peek } from './is-mail.ts'
import { splitMbox } from './mbox.ts'

export interface MailFile {
  /** `-` is stdin. */
  path: string
  size: number
  /** Is taken for mail whatever it looks like. */
  forced?: boolean
}

/** A file that is passed over. */
export interface Skipped {
  path: string
  why: 'no mail' | 'empty'
}

export interface MailFiles {
  files: MailFile[]
  skipped: Skipped[]
}

export interface Mail {
  /** The file, and the number of the message in it where it holds several. */
  name: string
  raw: Buffer
}

/** Octets from which an mbox file is read in pieces. */
const LARGE = 32 * 2 ** 20

/**
 * The mail files among these paths and below them, in order; `skipped` is what is no mail. `force`: what is given by
 * name is mail whatever it looks like, unless it is empty.
 */
export function mailFiles(
  paths: readonly string[],
  { force = false }: { force?: boolean } = {},
): MailFiles {
  const files: MailFile[] = []
  const skipped: Skipped[] = []
  const take = (path: string, size: number, forced: boolean): void => {
    if (size === 0) skipped.push({ path, why: 'empty' })
    else if (forced || isMail(peek(path))) files.push({ path, size, ...(forced && { forced }) })
    else skipped.push({ path, why: 'no mail' })
  }
  const walk = (path: string): void => {
    for (const name of readdirSync(path).toSorted()) {
      const inside = join(path, name)
      const stat = statSync(inside, { throwIfNoEntry: false })
      if (stat?.isDirectory()) folder(inside, name)
      else if (stat?.isFile() && !name.startsWith('.')) take(inside, stat.size, false)
    }
  }
  const folder = (path: string, name: string): void => {
    // A maildir keeps its mail in cur and new, and its folders (Maildir++) beside them as `.Name`.
    const maildir = isMaildir(path)
    if (name.startsWith('.') && !maildir) return
    if (!maildir) return walk(path)
    for (const part of ['cur', 'new']) walk(join(path, part))
    for (const sub of readdirSync(path).toSorted())
      if (sub.startsWith('.') && isMaildir(join(path, sub))) folder(join(path, sub), sub)
  }
  for (const path of paths) {
    const stat = path === '-' ? null : statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) throw new Usage(`${path}: there is no such file or folder`)
    if (stat?.isDirectory()) folder(path, '')
    else if (stat?.isFile()) take(path, stat.size, force)
    // A pipe can be read only once: what is in it is looked at then.
    else files.push({ path, size: 0, ...(force && { forced: force }) })
  }
  return { files, skipped }
}

/** @throws Usage when there is no mail among what was given. */
export function someMail(found: MailFiles): MailFiles {
  if (found.files.length > 0) return found
  const [first, ...others] = found.skipped
  if (!first) throw new Usage('there is no mail in what was given')
  const more = others.length > 0 ? `, and ${others.length} more` : ''
  throw new Usage(
    first.why === 'empty'
      ? `${first.path} is empty${more}: there is nothing to read`
      : `${first.path} is no mail${more}; --force takes a file that is given by name for mail`,
  )
}

/** What was passed over, for people; '' when nothing was. */
export function tellSkipped(skipped: readonly Skipped[]): string {
  if (skipped.length === 0) return ''
  const shown = skipped.slice(0, SHOWN).map(({ path, why }) => `${path} (${why})`)
  const more = skipped.length > SHOWN ? `, and ${skipped.length - SHOWN} more` : ''
  return `${count(skipped.length, 'file')} skipped: ${shown.join(', ')}${more}`
}

const SHOWN = 3

const isMaildir = (path: string): boolean =>
  existsSync(join(path, 'cur')) && existsSync(join(path, 'new'))

/**
 * The messages of a file.
 * @throws Usage for stdin and pipes that are empty or hold no mail.
 */
export async function* readMails({ path, size, forced }: MailFile): AsyncGenerator<Mail> {
  if (size > LARGE && isMbox(peek(path))) {
    const chunks = createReadStream(path, { highWaterMark: 2 ** 20 })
    yield* numbered(path, splitMbox(chunks as AsyncIterable<Buffer>))
    return
  }
  const bytes = path === '-' ? await buffer(process.stdin) : readFileSync(path)
  const name = path === '-' ? 'stdin' : path
  if (bytes.length === 0) throw new Usage(`${name} is empty: there is nothing to read`)
  if (size === 0 && !forced && !isMail(bytes))
    throw new Usage(`${name} is no mail; --force takes it for mail`)
  if (isMbox(bytes)) yield* numbered(name, splitMbox(inOne(bytes)))
  else yield { name, raw: bytes }
}

async function* numbered(name: string, messages: AsyncIterable<Buffer>): AsyncGenerator<Mail> {
  let number = 0
  for await (const raw of messages) {
    number++
    yield { name: number === 1 ? name : `${name}#${number}`, raw }
  }
}

async function* inOne(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes)
}

/** With the line ends that mail has on its way: a message saved with LF is the same message. */
export function withCrlf(raw: Buffer): Buffer {
  if (raw.includes('\r\n') || !raw.includes('\n')) return raw
  return Buffer.from(raw.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
}
