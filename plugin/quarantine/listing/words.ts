// What people type to find items: `from: to: subject: before: after: larger: smaller: score:`, and words that may
// stand in any of the first three. All of them must hold. The same words in the CLI, the API and the page.
import { Refused } from '../../errors.ts'
import { fold } from '../../mime/search.ts'

export interface Search {
  /** Folded (mime/search.ts): what is compared is folded, too. */
  texts: { in: 'from' | 'to' | 'subject' | 'any'; text: string }[]
  /** Unix ms: received before this, and not before that. */
  before: number
  after: number
  /** Octets. */
  larger: number
  smaller: number
  /** Lowest and highest probability of spam. */
  score: [low: number, high: number]
}

/** The longest search that is read, in characters, and the most words of it. */
const SEARCH_MAX = 1000
const WORDS_MAX = 20
/** `key:value` or a word; a value with spaces stands in quotes. */
const WORD = /(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi

const everything = (): Search => ({
  texts: [],
  before: Infinity,
  after: -Infinity,
  larger: -1,
  smaller: Infinity,
  score: [0, 1],
})

/** @throws Refused for a value that cannot be read, with the word and an example. */
export function parseSearch(text: string): Search {
  if (text.length > SEARCH_MAX)
    throw new Refused('invalid', `A search has at most ${SEARCH_MAX} characters.`)
  const search = everything()
  let words = 0
  for (const [whole, key, quoted, bare] of text.matchAll(WORD)) {
    if (++words > WORDS_MAX)
      throw new Refused('invalid', `A search has at most ${WORDS_MAX} words.`)
    const name = (key ?? '').toLowerCase()
    const read = Object.hasOwn(READ, name) ? READ[name] : null
    // `re:hello` or `https://...` are words like others.
    if (read) read(search, quoted ?? bare, whole)
    else any(search, quoted ?? whole)
  }
  return search
}

type Read = (search: Search, value: string, whole: string) => void

const textIn =
  (where: Search['texts'][number]['in']): Read =>
  (search, value) => {
    if (value !== '') search.texts.push({ in: where, text: fold(value) })
  }
const any = textIn('any') as (search: Search, value: string) => void

const READ: Record<string, Read> = {
  from: textIn('from'),
  to: textIn('to'),
  subject: textIn('subject'),
  before: (search, value, whole) => {
    search.before = Math.min(search.before, day(value, whole))
  },
  after: (search, value, whole) => {
    search.after = Math.max(search.after, day(value, whole))
  },
  larger: (search, value, whole) => {
    search.larger = Math.max(search.larger, octets(value, whole))
  },
  smaller: (search, value, whole) => {
    search.smaller = Math.min(search.smaller, octets(value, whole))
  },
  score: (search, value, whole) => {
    search.score = score(value, whole)
  },
}

/** The beginning of a day, UTC. */
function day(value: string, whole: string): number {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  const time = found ? Date.parse(`${value}T00:00:00Z`) : NaN
  // 2026-02-30 would be read as March 2.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value)
    refuse(whole, 'names no day', 'before:2026-11-28')
  return time
}

const UNITS: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

function octets(value: string, whole: string): number {
  const found = /^(\d{1,12})([kmg]?)b?$/i.exec(value)
  if (!found) refuse(whole, 'names no size', 'larger:100k')
  return Number(found[1]) * UNITS[found[2].toLowerCase()]
}

function score(value: string, whole: string): [number, number] {
  const found = /^(?:([<>])=?)?(\d?\.?\d+)(?:-(\d?\.?\d+))?$/.exec(value)
  const [low, high] = [Number(found?.[2]), Number(found?.[3] ?? 1)]
  const bad = !found || low > 1 || high > 1 || (found[3] !== undefined && (low > high || found[1]))
  if (bad) refuse(whole, 'names no score from 0 to 1', 'score:0.9-1, score:<0.97')
  return found[1] === '<' ? [0, low] : [low, high]
}

function refuse(whole: string, what: string, example: string): never {
  throw new Refused('invalid', `'${whole.slice(0, 60)}' ${what}; write it like ${example}.`)
}
