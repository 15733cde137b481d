// Going through a folder for SEARCH, SORT and THREAD, with a turn for others now and then.
import { Refused } from '../../errors.ts'
import type { Client } from '../client.ts'
import type { Candidate } from '../reader/jobs.ts'
import type { Question } from '../reader/question.ts'
import { sourceOf } from '../../threads/source.ts'
import { fieldsOf, Message } from '../selected/message.ts'
import type { Matcher } from './match.ts'

/** Messages between two looks at the clock where only the view is asked, which takes less than a look. */
const STRIDE = 32
/** Octets and messages that a thread is given at a time. */
const BATCH = 1024 * 1024
const BATCH_MESSAGES = 64
/** Batches of one command that are on their way: one is read while the other is looked through. */
const UNDERWAY = 2

/** Indices of the messages that match, ascending. */
export async function find(client: Client, { matches, cost }: Matcher): Promise<number[]> {
  const found: number[] = []
  const questions = new Questions(client)
  const stride = cost < 1 ? STRIDE : 1
  await eachMessage(
    client,
    indices(client.view.count),
    (message) => {
      const verdict = matches(message)
      if (verdict === true) found.push(message.index)
      else if (verdict !== false) return questions.add(message, verdict)
      return undefined
    },
    stride,
  )
  const asked = await questions.answered()
  return asked.length === 0 ? found : [...found, ...asked].toSorted((a, b) => a - b)
}

/** Calls `visit` for each message in order; one at a time is in memory. */
export async function eachMessage(
  client: Client,
  wanted: Iterable<number>,
  visit: (message: Message) => Promise<void> | void,
  stride = 1,
): Promise<void> {
  const { turn } = client
  let count = 0
  for (const index of wanted) {
    const more = visit(new Message(client, index, { lenient: true }))
    if (more) await more
    if (++count % stride === 0 && turn.over) await turn.give()
  }
  turn.check()
}

/** Calls `visit` for each message that is still there; fields of these names are read ahead, if any are asked for. */
export async function eachHeader(
  client: Client,
  wanted: Iterable<number>,
  names: readonly string[] | null,
  visit: (message: Message) => void,
): Promise<void> {
  const fields = names ? [fieldsOf(names)] : null
  await eachMessage(client, wanted, (message) => {
    if (!message.there) return undefined
    const reading = fields && message.prepare(fields)
    if (reading) return reading.then(() => visit(message))
    visit(message)
    return undefined
  })
}

function* indices(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index
}

interface Asked {
  readonly index: number
  readonly item: number
  readonly size: number
  readonly plain: boolean
  readonly question: Question
}

/** What the texts of messages are asked, in batches to the threads that read. */
class Questions {
  readonly #client: Client
  readonly #found: number[] = []
  readonly #underway = new Set<Promise<void>>()
  #batch: Asked[] = []
  #octets = 0

  constructor(client: Client) {
    this.#client = client
  }

  /** Answers a promise where it has to be waited for. */
  add({ index, summary }: Message, question: Question): Promise<void> | undefined {
    const { item, plain, size } = summary
    this.#batch.push({ index, item, size, plain, question })
    this.#octets += size
    if (this.#octets < BATCH && this.#batch.length < BATCH_MESSAGES) return undefined
    this.#send()
    return this.#underway.size < UNDERWAY ? undefined : Promise.race(this.#underway)
  }

  /** Indices of those that match, in any order. */
  async answered(): Promise<readonly number[]> {
    if (this.#batch.length > 0) this.#send()
    await Promise.all(this.#underway)
    return this.#found
  }

  #send(): void {
    const batch = this.#batch
    this.#batch = []
    this.#octets = 0
    const one = this.#ask(batch).finally(() => this.#underway.delete(one))
    // It is waited for later, and then fails the command.
    one.catch(() => undefined)
    this.#underway.add(one)
  }

  async #ask(batch: readonly Asked[]): Promise<void> {
    const { readers, turn } = this.#client
    const answer = await readers.run(turn, () => {
      const { candidates, transfer } = this.#read(batch)
      return { ask: { job: 'match', candidates }, transfer }
    })
    if (!('matches' in answer)) return
    for (const index of answer.matches) this.#found.push(index)
    // It is read once more by who tells the administrator of it.
    for (const index of answer.damaged) {
      const one = batch.find((asked) => asked.index === index)
      if (one) unlessGone(() => this.#client.verbs.messages.raw(one.item))
    }
  }

  /** Where the bytes of a batch are, when it is its turn. A message that is gone by then matches nothing. */
  #read(batch: readonly Asked[]): { candidates: Candidate[]; transfer: ArrayBuffer[] } {
    const { messages } = this.#client.verbs
    const transfer: ArrayBuffer[] = []
    const candidates = batch.flatMap(({ index, item, plain, question }): Candidate[] => {
      const read = unlessGone(() => sourceOf(messages.unchecked(item)))
      if (!read) return []
      transfer.push(...read.transfer)
      return [{ index, plain, question, source: read.source }]
    })
    return { candidates, transfer }
  }
}

function unlessGone<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}
