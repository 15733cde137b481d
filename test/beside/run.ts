// Asks both servers about every message and compares what they say.
import { parseStructure, type Part } from '../../plugin/mime/structure.ts'
import type { Value } from '../imap/fetch/response.ts'
import { fetchItems, namedParts, search, type Items } from './ask.ts'
import type { Client } from './client.ts'
import { differences, type Difference, type Said } from './compare.ts'
import type { Mail } from './mail.ts'
import { previewDifference } from './preview.ts'
import { searchDifference } from './search.ts'
import { withSides, type Sides } from './sides.ts'

export interface Found extends Difference {
  /** name of the message */
  readonly mail: string
}

/** `words` are looked for by SEARCH BODY and TEXT. */
export async function compare(mails: readonly Mail[], words: readonly string[]): Promise<Found[]> {
  return await withSides(
    mails.map(({ raw }) => raw),
    async (sides) => {
      const roots = mails.map(({ raw }) => parseStructure(raw))
      return [
        ...(await fetches(sides, mails, roots)),
        ...(await searches(sides, mails, roots, words)),
      ]
    },
  )
}

const ITEMS = 'ENVELOPE BODYSTRUCTURE PREVIEW'

async function fetches(
  { ours, theirs }: Sides,
  mails: readonly Mail[],
  roots: readonly Part[],
): Promise<Found[]> {
  const [mine, its] = [await fetchItems(ours, ITEMS), await fetchItems(theirs, ITEMS)]
  const found: Found[] = []
  for (const [i, { name }] of mails.entries()) {
    const sections = sectionsOf([mine, its].map((all) => itemOf(all, i, 'BODYSTRUCTURE')))
    const [a, b] = [await said(ours, mine, i, sections), await said(theirs, its, i, sections)]
    const preview = previewDifference(
      roots[i],
      itemOf(mine, i, 'PREVIEW'),
      itemOf(its, i, 'PREVIEW'),
    )
    for (const one of [...differences(roots[i], a, b), ...preview])
      found.push({ mail: name, ...one })
  }
  return found
}

/** What is fetched of a message: each part that one of the servers names, and some that none does. */
function sectionsOf(structures: readonly Value[]): string[] {
  const named = structures.flatMap(namedParts).map(({ path }) => path)
  const paths = new Set(
    named.flatMap((path) => [
      path,
      path.replace(/\d+$/, (last) => String(Number(last) + 1)),
      `${path}.1`,
    ]),
  )
  return [
    'HEADER',
    'TEXT',
    ...[...paths].flatMap((path) => [path, `${path}.MIME`, `${path}.HEADER`, `${path}.TEXT`]),
  ]
}

/** Items of one FETCH: we take 256. */
const MOST = 200

async function said(
  client: Client,
  all: ReadonlyMap<number, Items>,
  index: number,
  sections: readonly string[],
): Promise<Said> {
  const answer = new Map<string, Value>()
  for (let at = 0; at < sections.length; at += MOST) {
    const items = sections.slice(at, at + MOST).map((section) => `BODY.PEEK[${section}]`)
    const some = await fetchItems(client, items.join(' '), String(index + 1))
    for (const [name, value] of some.get(index + 1) ?? []) answer.set(name, value)
  }
  return {
    envelope: itemOf(all, index, 'ENVELOPE'),
    structure: itemOf(all, index, 'BODYSTRUCTURE'),
    sections: new Map(
      sections.map((section) => {
        const value = answer.get(`BODY[${section}]`)
        return [section, typeof value === 'string' ? value : '']
      }),
    ),
  }
}

function itemOf(all: ReadonlyMap<number, Items>, index: number, name: string): Value {
  return all.get(index + 1)?.get(name) ?? null
}

async function searches(
  { ours, theirs }: Sides,
  mails: readonly Mail[],
  roots: readonly Part[],
  words: readonly string[],
): Promise<Found[]> {
  const found: Found[] = []
  for (const word of words) {
    for (const key of ['BODY', 'TEXT'] as const) {
      const literal = Buffer.from(word)
      const [mine, its] = [
        await search(ours, key, literal),
        await search(theirs, key, literal),
      ].map((numbers) => new Set(numbers))
      for (const [i, { name }] of mails.entries()) {
        const [a, b] = [mine.has(i + 1), its.has(i + 1)]
        if (a !== b) found.push({ mail: name, ...searchDifference(roots[i], key, word, a) })
      }
    }
  }
  return found
}
