// A page of a domain's listing: in each order, the first of a process and later ones, a search that finds nothing,
// counts; and for how long others wait while a process makes what it orders by.
import { join } from 'node:path'
import type { Login } from '../../../plugin/mail.ts'
import { parseStructure } from '../../../plugin/mime/structure.ts'
import { CLI, open, type Lazaret } from '../../../plugin/open.ts'
import { summarizer } from '../../../plugin/quarantine/folders/summary.ts'
import type { PhaseOptions } from '../../harness/phase.ts'
import { measure, type PhaseResult } from '../../harness/result.ts'
import { CONFIG, held, person } from './fill.ts'

const DOMAIN: Login = { account: 'example.com', tier: 'domain', scope: 'example.com' }
const BATCH = 5000
const PAGES = 20

export async function listing(
  { quick, dir, tell }: PhaseOptions,
  result: PhaseResult,
): Promise<void> {
  const items = quick ? 10_000 : 100_000
  const rounds = quick ? 2 : 5
  const from = join(dir, 'listing')
  tell(`listing: ${items} items in one domain`)
  await fill(from, items)
  const times: Record<string, number[]> = {}
  const add = (name: string, ms: number): void => void (times[name] ??= []).push(ms)
  for (let round = 0; round < rounds; round++) {
    const lazaret = open(CONFIG, from)
    try {
      await pages(lazaret, items, add)
    } finally {
      await lazaret.close()
    }
  }
  for (const [name, all] of Object.entries(times))
    result.measures.push(
      measure(`listing of ${items} items: ${name}`, 'ms', all, { better: 'less' }),
    )
}

async function pages(
  lazaret: Lazaret,
  count: number,
  add: (name: string, ms: number) => void,
): Promise<void> {
  const take = async (name: string, run: () => Promise<unknown>): Promise<void> => {
    const since = performance.now()
    await run()
    add(name, performance.now() - since)
  }
  const { items } = lazaret.quarantine.as(DOMAIN)
  for (const order of ['newest', 'wanted', 'expires', 'sender'] as const) {
    let next: string | null = null
    await take(`${order}, first page of a process`, async () => {
      ;({ next } = await items.list({ order }))
    })
    for (let n = 0; n < PAGES; n++)
      await take(`${order}, a later page`, async () => {
        const page = await items.list({ order, ...(next && { cursor: next }) })
        if (page.items.length !== 50) throw new Error(`${page.items.length} items in a page`)
        next = page.next
      })
  }
  await take('a search, one call that finds nothing', () =>
    items.list({ search: 'subject:nowhere' }),
  )
  await take('counts', async () => {
    const counts = await items.counts()
    if (counts.caught !== count) throw new Error(`${counts.caught} of ${count} counted`)
  })
  // Another scope's columns, made while others want their turn.
  const root = lazaret.quarantine.as({ account: 'bench', tier: 'super-admin', scope: '' })
  let longest = 0
  let made = false
  const making = root.items.list({ order: 'sender' }).then(() => void (made = true))
  for (let before = performance.now(); !made; before = performance.now()) {
    await new Promise((resolve) => setImmediate(resolve))
    longest = Math.max(longest, performance.now() - before)
  }
  await making
  add('longest wait of others while a column is made', longest)
}

/** Mail of a hundred people, of different senders, scores and ages. */
export async function fill(dir: string, items: number): Promise<void> {
  const lazaret = open(CONFIG, dir)
  try {
    for (let i = 0; i < 100; i++)
      await lazaret.quarantine.as(CLI).settings.set(person(i), 'retention_days', String(28 + i))
    for (let done = 0; done < items; done += BATCH)
      await lazaret.store.write({ actor: 'bench' }, (tx) => {
        for (let i = done; i < Math.min(items, done + BATCH); i++) {
          const raw = Buffer.from(
            `From: "Person ${(i * 7919) % 5003}" <p${i}@held.example>\r\nTo: ${person(i % 100)}\r\nSubject: number ${i} of many\r\nMessage-ID: <${i}@held.example>\r\n\r\nHello\r\n`,
          )
          const root = parseStructure(raw)
          const blob = tx.blob(raw, summarizer(root))
          const score = 0.9 + ((i * 104_729) % 100_003) / 1_000_030
          tx.append({
            type: 'deposit',
            folder: 'caught',
            flags: { system: 0, keywords: [] },
            item: {
              ...held(blob, raw.length, i, person(i % 100)),
              verdict: { class: 'spam', score, evidence: [] },
            },
          })
        }
      })
  } finally {
    await lazaret.close()
  }
}
