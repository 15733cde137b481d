// Mail to compare on: corpora as they are, with CRLF at every line's end as IMAP has them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Mail {
  readonly name: string
  readonly raw: Buffer
}

/** Every line ends with CRLF; Dovecot refuses NUL in APPEND. */
export function normal(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/\r?\n/g, '\r\n').replaceAll('\0', ' ')
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
