// Mail in files: eml, mbox, maildir, folders of any of them, and stdin.
import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Usage } from '../errors.ts'
import { splitMbox } from './mbox.ts'

export interface MailFile {
  /** `-` is stdin. */
  path: string
  size: number
}

export interface Mail {
  /** The file, and the number of the message in it where it holds several. */
  name: string
  raw: Buffer
}

/** Octets from which an mbox file is read in pieces. */
const LARGE = 32 * 2 ** 20
/** Octets of a file that tell what it is. */
const PEEK = 4096
/** A header field within the first lines; RFC 5322 allows more in a name, but nobody writes it. */
const FIELD = /^[A-Za-z][A-Za-z0-9_.-]*[ \t]*:/

/**
 * The mail files below these paths, in order. What is given by name is mail whatever it looks like;
 * `skipped` are files in folders that do not look like mail.
 */
export function mailFiles(paths: readonly string[]): { files: MailFile[]; skipped: number } {
  const files: MailFile[] = []
  let skipped = 0
  const walk = (path: string): void => {
    for (const name of readdirSync(path).toSorted()) {
      const inside = join(path, name)
      const stat = statSync(inside, { throwIfNoEntry: false })
      if (stat?.isDirectory()) folder(inside, name)
      else if (!stat?.isFile() || name.startsWith('.')) continue
      else if (looksLikeMail(inside)) files.push({ path: inside, size: stat.size })
      else skipped++
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
    else files.push({ path, size: stat?.size ?? 0 })
  }
  return { files, skipped }
}

const isMaildir = (path: string): boolean =>
  existsSync(join(path, 'cur')) && existsSync(join(path, 'new'))

/** The messages of a file. */
export async function* readMails({ path, size }: MailFile): AsyncGenerator<Mail> {
  if (size > LARGE && isMbox(peek(path))) {
    const chunks = createReadStream(path, { highWaterMark: 2 ** 20 })
    yield* numbered(path, splitMbox(chunks as AsyncIterable<Buffer>))
    return
  }
  const bytes = path === '-' ? await buffer(process.stdin) : readFileSync(path)
  const name = path === '-' ? 'stdin' : path
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

const isMbox = (bytes: Buffer): boolean => bytes.toString('latin1', 0, 5) === 'From '

function looksLikeMail(path: string): boolean {
  const head = peek(path)
  const lines = head.toString('latin1').split(/\r?\n/, 10)
  return isMbox(head) || lines.some((line) => FIELD.test(line))
}

function peek(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(PEEK)
    return bytes.subarray(0, readSync(file, bytes, 0, PEEK, 0))
  } finally {
    closeSync(file)
  }
}

/** With the line ends that mail has on its way: a message saved with LF is the same message. */
export function withCrlf(raw: Buffer): Buffer {
  if (raw.includes('\r\n') || !raw.includes('\n')) return raw
  return Buffer.from(raw.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
}
