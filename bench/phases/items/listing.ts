// Work with the items of a domain: a page of the list in each order, the first of a process and later ones, searches by header,
// counts, statistics, a batch of releases; and for how long others wait while lists are made ready.
import { join } from 'node:path'
import type { Login } from '../../../plugin/mail.ts'
import { parseStructure } from '../../../plugin/mime/structure.ts'
import { CLI, open, type Lazaret } from '../../../plugin/open.ts'
import { summarizer } from '../../../plugin/quarantine/folders/summary.ts'
import type { PhaseOptions } from '../../harness/phase.ts'
import { measure, type PhaseResult } from '../../harness/result.ts'
import { CONFIG, held, person } from '../store/fill.ts'

const DOMAIN: Login = { account: 'example.com', tier: 'domain', scope: 'example.com' }
const BATCH = 5000
const PAGES = 20
/** As many as one batch may have (docs/api.md). */
const RELEASES = 500

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
  await ready(from, add)
  for (let round = 0; round < rounds; round++) {
    const lazaret = open(CONFIG, from)
    try {
      await pages(lazaret, items - round * RELEASES, add)
      const since = performance.now()
      await releases(lazaret, round)
      add(`a batch of ${RELEASES} releases, to the last one on disk`, performance.now() - since)
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
  const through = async (search: string, found: number): Promise<void> => {
    let [next, all]: [string | null, number] = ['', 0]
    while (next !== null) {
      const page: Awaited<ReturnType<typeof items.list>> = await items.list({
        search,
        ...(next !== '' && { cursor: next }),
      })
      all += page.items.length
      next = page.next
    }
    if (all !== found) throw new Error(`${search}: ${all} items instead of ${found}`)
  }
  await take('a search by subject of all that finds nothing, all its calls', () =>
    through('subject:nowhere', 0),
  )
  await take('a search by subject of all that finds one, all its calls', () =>
    through(`subject:"number ${count >> 1} of"`, 1),
  )
  await take('a search by From of all that finds one, all its calls', () =>
    through(`from:p${count >> 2}@held.example`, 1),
  )
  const { stats } = lazaret.quarantine.as(DOMAIN)
  await take('statistics of a month, first in a process', () => stats.byDay())
  await take('statistics of a month, later', () => stats.byDay())
  await take('senders of most of it', () => stats.senders())
  await take('counts', async () => {
    const counts = await items.counts()
    if (counts.caught !== count) throw new Error(`${counts.caught} of ${count} counted`)
  })
}

/** What the front does when it starts, and goes on with: of all of it at once here. */
async function ready(dir: string, add: (name: string, ms: number) => void): Promise<void> {
  const lazaret = open(CONFIG, dir)
  try {
    let longest = 0
    let made = false
    const since = performance.now()
    const making = lazaret.quarantine.system.keepLists().then(() => void (made = true))
    for (let before = since; !made; before = performance.now()) {
      await new Promise((resolve) => setImmediate(resolve))
      longest = Math.max(longest, performance.now() - before)
    }
    await making
    add('lists are made ready, once', performance.now() - since)
    add('longest wait of others meanwhile', longest)
  } finally {
    await lazaret.close()
  }
}

/** The oldest that no round before has released. */
async function releases({ quarantine }: Lazaret, round: number): Promise<void> {
  const { items, requests } = quarantine.as(DOMAIN)
  const { items: some } = await items.list({ chip: 'caught', order: 'wanted', limit: RELEASES })
  const ids = some.map(({ item }) => item.id)
  const { done } = await requests.each(ids, 'release')
  const { results } = await done
  const failed = results.filter((one) => !one.done)
  if (failed.length > 0) throw new Error(`round ${round}: ${failed.length} were not released`)
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
