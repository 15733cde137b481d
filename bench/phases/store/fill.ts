// Data folders with items in them, made as arrivals make them but in large transactions.
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open, type Lazaret } from '../../../plugin/open.ts'
import type { Envelope } from '../../../plugin/quarantine/screen.ts'
import type { NewItem } from '../../../plugin/store/events/index.ts'
import type { Mail } from '../../harness/mail.ts'

/** Items of one person, at every size. */
export const EACH = 10
const BATCH = 5000
export const CONFIG = readConfig({ main: { base_model: 'no' } })

export interface Size {
  items: number
  dir: string
  fill: number
}

export async function filled(dir: string, items: number): Promise<Size> {
  const lazaret = open(CONFIG, dir)
  const since = performance.now()
  try {
    await lazaret.quarantine.as(CLI).lists.change('', 'block', { add: ['*@held.example'] })
    await fill(lazaret, items)
  } finally {
    await lazaret.close()
  }
  return { items, dir, fill: items / seconds(since) }
}

/** A short message, unlike any other. */
export const short = (i: number | string): Buffer =>
  Buffer.from(`From: a@held.example\r\nSubject: number ${i} of many\r\n\r\nHello\r\n`)

/** As different from each other as mail is: what is found by a hash lies anywhere. */
async function fill({ store: to }: Lazaret, items: number): Promise<void> {
  for (let done = 0; done < items; done += BATCH)
    await to.write({ actor: 'bench' }, (tx) => {
      for (let i = done; i < Math.min(items, done + BATCH); i++) {
        const raw = short(i)
        const blob = tx.blob(raw)
        tx.append({
          type: 'deposit',
          folder: 'caught',
          flags: { system: 0, keywords: [] },
          item: {
            ...held(blob, raw.length, i, person(Math.floor(i / EACH))),
            identity: blob.slice(0, 40),
          },
        })
      }
    })
}

export const person = (i: number): string => `user${i}@example.com`

/** A message that the block list of `filled` holds. */
export const envelope = (i: number): Envelope => ({
  sender: `someone${i}@held.example`,
  recipients: [{ address: `visitor${i}@example.com`, route: null }],
  direction: 'in',
  proofs: { dkim: [], spf: null, checked: false },
  signals: [],
  hold: null,
})

export function held(blob: string, size: number, i: number, scope: string): NewItem {
  return {
    kind: 'held',
    blob,
    size,
    at: i,
    direction: 'in',
    sender: `sender${i}@held.example`,
    recipients: [scope],
    scope,
    home: 'caught',
    route: null,
    verdict: null,
    signals: [],
    edit: null,
    identity: '',
  }
}

/** Distinct messages of the corpus, held; answers their octets. */
export async function deposit(
  { store: to }: Lazaret,
  mail: readonly Mail[],
  count: number,
): Promise<number> {
  let bytes = 0
  for (let done = 0; done < count; done += 500)
    await to.write({ actor: 'bench' }, (tx) => {
      for (let i = done; i < Math.min(count, done + 500); i++) {
        const raw = Buffer.concat([Buffer.from(`X-Bench: ${i}\r\n`), mail[i % mail.length].raw])
        bytes += raw.length
        tx.append({
          type: 'deposit',
          folder: 'caught',
          flags: { system: 0, keywords: [] },
          item: held(tx.blob(raw), raw.length, i, person(i % 1000)),
        })
      }
    })
  return bytes
}

export const seconds = (since: number): number => (performance.now() - since) / 1000
