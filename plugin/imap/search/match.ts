// Search keys (RFC 9051 §6.4.4) as predicates on messages, the cheap ones first: what the view knows,
// then the summary, then the header, then the text. A message is read only when all that is cheaper
// has not settled it, and then by a thread: what is left is a question to it.
import { FLAG } from '../../mail.ts'
import { DAY, MINUTE } from '../../time.ts'
import { fold } from '../../mime/search.ts'
import type { Client } from '../client.ts'
import { RECENT } from '../selected/flags.ts'
import { emailId, threadId } from '../fetch/items.ts'
import type { Question } from '../reader/question.ts'
import type { Message } from '../selected/message.ts'
import { limits, SAVED, type SearchKey, type SequenceSet, type Span } from '../wire/index.ts'

/** Rough µs a message: they only have to be in order. */
const COST = { view: 0.1, summary: 5, header: 20, text: 200 }

/** Octets of headers, times the keys that are looked for in them, above which a thread does it. */
const HEADER_WORK = 512 * 1024

/** A message matches, or does not, or what has to be asked of its texts. */
export type Verdict = boolean | Question

export interface Matcher {
  readonly cost: number
  /** False for what needs a message that is gone. */
  readonly matches: (message: Message) => Verdict
}

type Test = (message: Message) => boolean

const BITS: Readonly<Record<string, number>> = {
  '\\Seen': FLAG.seen,
  '\\Answered': FLAG.answered,
  '\\Flagged': FLAG.flagged,
  '\\Deleted': FLAG.deleted,
  '\\Draft': FLAG.draft,
}

/** All of `keys`.  `now`: Unix time in ms. */
export function matcherOf(client: Client, keys: readonly SearchKey[], now = Date.now()): Matcher {
  const context = { client, now, headers: 0 }
  return all(keys.map((key) => compile(context, key)))
}

interface Context {
  readonly client: Client
  readonly now: number
  /** how many keys look into the header */
  headers: number
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
      return headerMatcher(context, key)
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

function view(matches: Test): Matcher {
  return { cost: COST.view, matches }
}

function summary(test: Test): Matcher {
  return { cost: COST.summary, matches: (message) => message.there && test(message) }
}

/** Cheapest first; `and` stops at the first that does not match. */
function all(matchers: readonly Matcher[]): Matcher {
  const joined = joiner((all) => ({ all }))
  return several(matchers, (ordered) => (message) => {
    const unknown: Question[] = []
    for (const { matches } of ordered) {
      const verdict = matches(message)
      if (verdict === false) return false
      if (verdict !== true) unknown.push(verdict)
    }
    return unknown.length === 0 || joined(unknown)
  })
}

function either(left: Matcher, right: Matcher): Matcher {
  const joined = joiner((any) => ({ any }))
  return several([left, right], (ordered) => (message) => {
    const unknown: Question[] = []
    for (const { matches } of ordered) {
      const verdict = matches(message)
      if (verdict === true) return true
      if (verdict !== false) unknown.push(verdict)
    }
    return unknown.length > 0 && joined(unknown)
  })
}

function several(
  matchers: readonly Matcher[],
  join: (ordered: readonly Matcher[]) => Matcher['matches'],
): Matcher {
  const ordered = matchers.toSorted((a, b) => a.cost - b.cost)
  if (ordered.length === 1) return ordered[0]
  return { cost: ordered.reduce((sum, { cost }) => sum + cost, 0), matches: join(ordered) }
}

/** One question of several; the same object for the same ones, so that a thousand messages share it. */
function joiner(
  join: (several: readonly Question[]) => Question,
): (questions: readonly Question[]) => Question {
  let before: readonly Question[] = []
  let question: Question | null = null
  return (questions) => {
    if (questions.length === 1) return questions[0]
    const same =
      questions.length === before.length && questions.every((one, i) => one === before[i])
    if (question === null || !same) {
      before = questions
      question = join(questions)
    }
    return question
  }
}

function not({ cost, matches }: Matcher): Matcher {
  // A message that is gone matches nothing, the opposite neither.
  const gone = cost > COST.view
  const opposite = new WeakMap<Question, Question>()
  return {
    cost,
    matches: (message) => {
      if (gone && !message.there) return false
      const verdict = matches(message)
      if (typeof verdict === 'boolean') return !verdict
      const known = opposite.get(verdict)
      if (known) return known
      const question = { not: verdict }
      opposite.set(verdict, question)
      return question
    },
  }
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

function flagTest({ view: selected, verbs }: Client, flag: string): Test {
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
function dateTest({ of, is, day }: KeyOf<'date'>): Test {
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
function ageTest({ now }: Context, { is, seconds }: KeyOf<'age'>): Test {
  const bound = now - seconds * 1000
  return ({ summary: { at } }) => (is === 'older' ? at <= bound : at >= bound)
}

function headerMatcher(context: Context, { field, value }: KeyOf<'header'>): Matcher {
  context.headers++
  const question = { field, value: fold(value) }
  return {
    cost: COST.header,
    matches: (message) => {
      if (!message.there) return false
      if (message.size > limits.READ_AT_ONCE) return question
      const { header } = message
      if (header.end * context.headers > HEADER_WORK) return question
      return message.fields.has(field, question.value)
    },
  }
}

function textMatcher(value: string, header: boolean): Matcher {
  const text = fold(value)
  const question = {
    text,
    header,
    ascii: /^[\x00-\x7f]*$/.test(text),
    word: text.split(/\s+/).reduce((a, b) => (b.length > a.length ? b : a)),
  }
  return { cost: COST.text, matches: (message) => message.there && question }
}
