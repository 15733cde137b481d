// Search keys (RFC 9051 §6.4.4) as predicates on messages, the cheap ones first: what the view knows,
// then the summary, then the header, then the text. A message is read only when all that is cheaper
// has not settled it.
import { FLAG } from '../../mail.ts'
import { DAY, MINUTE } from '../../time.ts'
import { fold, hasHeader } from '../../mime/search.ts'
import type { Client } from '../client.ts'
import { RECENT } from '../selected/flags.ts'
import { emailId, threadId } from '../fetch/items.ts'
import type { Message } from '../selected/message.ts'
import { SAVED, type SearchKey, type SequenceSet, type Span } from '../wire/index.ts'

/** Rough µs a message: they only have to be in order. */
const COST = { view: 0.1, summary: 5, header: 20, text: 200 }

export interface Matcher {
  readonly cost: number
  /** False for what needs a message that is gone. */
  readonly matches: (message: Message) => boolean
}

const BITS: Readonly<Record<string, number>> = {
  '\\Seen': FLAG.seen,
  '\\Answered': FLAG.answered,
  '\\Flagged': FLAG.flagged,
  '\\Deleted': FLAG.deleted,
  '\\Draft': FLAG.draft,
}

/** All of `keys`.  `now`: Unix time in ms. */
export function matcherOf(client: Client, keys: readonly SearchKey[], now = Date.now()): Matcher {
  return all(keys.map((key) => compile({ client, now }, key)))
}

interface Context {
  readonly client: Client
  readonly now: number
}

type KeyOf<K extends SearchKey['key']> = Extract<SearchKey, { key: K }>

function compile(context: Context, key: SearchKey): Matcher {
  const { client } = context
  switch (key.key) {
    case 'all':
      return view(() => true)
    case 'seq':
      return inSet(client, key.set, false)
    case 'uid':
      return inSet(client, key.set, true)
    case 'flag':
      return view(flagTest(client, key.flag))
    case 'modseq': // RFC 7162 §3.1.5
      return view(({ index }) => client.view.modseqAt(index) >= key.atLeast)
    case 'savedatesupported': // RFC 8514 §4.3
      return view(() => true)
    case 'size':
      return summary(({ summary: { size } }) =>
        key.is === 'larger' ? size > key.size : size < key.size,
      )
    case 'date':
      return summary(dateTest(key))
    case 'age':
      return summary(ageTest(context, key))
    case 'emailid':
      return summary((message) => emailId(client, message.summary.item) === key.id)
    case 'threadid':
      return summary((message) => threadId(message.summary.thread) === key.id)
    case 'header':
      return headerMatcher(key)
    case 'body':
      return textMatcher(key.value, false)
    case 'text':
      return textMatcher(key.value, true)
    case 'not':
      return not(compile(context, key.not))
    case 'or':
      return either(compile(context, key.left), compile(context, key.right))
    case 'and':
      return all(key.keys.map((one) => compile(context, one)))
    default:
      throw new Error('an unknown search key')
  }
}

function view(matches: Matcher['matches']): Matcher {
  return { cost: COST.view, matches }
}

function summary(test: Matcher['matches']): Matcher {
  return { cost: COST.summary, matches: (message) => message.there && test(message) }
}

/** Cheapest first; `and` stops at the first that does not match. */
function all(matchers: readonly Matcher[]): Matcher {
  const ordered = matchers.toSorted((a, b) => a.cost - b.cost)
  if (ordered.length === 1) return ordered[0]
  return {
    cost: ordered.reduce((sum, { cost }) => sum + cost, 0),
    matches: (message) => ordered.every((one) => one.matches(message)),
  }
}

function either(left: Matcher, right: Matcher): Matcher {
  const [cheap, dear] = left.cost <= right.cost ? [left, right] : [right, left]
  return {
    cost: left.cost + right.cost,
    matches: (message) => cheap.matches(message) || dear.matches(message),
  }
}

function not({ cost, matches }: Matcher): Matcher {
  // A message that is gone matches nothing, the opposite neither.
  const gone = cost > COST.view
  return { cost, matches: (message) => (!gone || message.there) && !matches(message) }
}

function inSet({ view: selected }: Client, set: SequenceSet | typeof SAVED, uid: boolean): Matcher {
  // A number that no message has yet finds nothing, as with a UID; other servers answer so too.
  const spans = uid || set === SAVED ? selected.resolve(set, uid) : selected.within(set)
  return view(({ index }) => inSpans(spans, index))
}

function inSpans(spans: readonly Span[], index: number): boolean {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (spans[middle].end <= index) low = middle + 1
    else high = middle
  }
  return low < spans.length && spans[low].start <= index
}

function flagTest({ view: selected, verbs }: Client, flag: string): Matcher['matches'] {
  if (flag === '\\Recent') return ({ index }) => (selected.flagsAt(index) & RECENT) !== 0
  const bit = BITS[flag]
  if (bit !== undefined) return ({ index }) => (selected.flagsAt(index) & bit) !== 0
  const wanted = flag.toLowerCase()
  const known = new Map<number, boolean>()
  return ({ index }) => {
    const id = selected.keywordsAt(index)
    let has = known.get(id)
    if (has === undefined) {
      has = verbs.messages.keywords(id).some((word) => word.toLowerCase() === wanted)
      known.set(id, has)
    }
    return has
  }
}

/** RFC 9051 §6.4.4: days are compared, without regard to time and zone. */
function dateTest({ of, is, day }: KeyOf<'date'>): Matcher['matches'] {
  const dayOf = DAYS[of]
  return (message) => {
    const its = dayOf(message)
    if (its === null) return false
    return is === 'before' ? its < day : is === 'on' ? its === day : its >= day
  }
}

const DAYS: Readonly<Record<KeyOf<'date'>['of'], (message: Message) => number | null>> = {
  sent: ({ summary: { sentDay } }) => sentDay,
  internal: ({ summary: { at, zone } }) => Math.floor((at + zone * MINUTE) / DAY),
  saved: ({ saved }) => (saved === null ? null : Math.floor(saved / DAY)),
}

/** RFC 5032 §3: both ends belong to the interval. */
function ageTest({ now }: Context, { is, seconds }: KeyOf<'age'>): Matcher['matches'] {
  const bound = now - seconds * 1000
  return ({ summary: { at } }) => (is === 'older' ? at <= bound : at >= bound)
}

function headerMatcher({ field, value }: KeyOf<'header'>): Matcher {
  const key = fold(value)
  return {
    cost: COST.header,
    matches: (message) => message.there && hasHeader(message.header, field, key),
  }
}

function textMatcher(value: string, header: boolean): Matcher {
  const key = fold(value)
  const ascii = /^[\x00-\x7f]*$/.test(key)
  // Folds of a header may stand where the key has a space: its longest word is looked for.
  const word = key.split(/\s+/).reduce((a, b) => (b.length > a.length ? b : a))
  return {
    cost: COST.text,
    matches: (message) => {
      if (!message.there) return false
      if (message.summary.plain && !(ascii && message.lower.includes(word))) return false
      return message.texts.has(key, header)
    },
  }
}
