// A thread that reads messages for the IMAP server: what is long and pure of SEARCH and THREAD.
import { Refused } from '../../errors.ts'
import { type Meter, type Reply, serve } from '../../threads/serve.ts'
import { Writer, writeThread } from '../wire/index.ts'
import type { Answer, Ask, ThreadColumns } from './jobs.ts'
import { Asked } from './question.ts'
import { bytesOf } from '../../threads/source.ts'
import { take, type Taken, Whole } from './take.ts'
import { orderedSubject } from './threading/ordered-subject.ts'
import { references } from './threading/references.ts'
import type { Threadable } from './threading/threadable.ts'

serve<Ask, Answer>((ask, meter) => {
  if (ask.job === 'match') return { answer: matches(ask, meter) }
  if (ask.job === 'take') return taken(ask, meter)
  return threads(ask, meter)
})

function matches({ candidates }: Extract<Ask, { job: 'match' }>, { check }: Meter): Answer {
  const damaged: number[] = []
  const found: number[] = []
  for (const { index, source, plain, question } of candidates) {
    const bytes = bytesOf(source)
    if (!bytes) damaged.push(index)
    const asked = new Asked(bytes ?? EMPTY, plain && bytes !== null, check)
    if (asked.answers(question)) found.push(index)
  }
  return { matches: found, damaged }
}

const EMPTY = Buffer.alloc(0)

function taken(
  { source, wanted, most }: Extract<Ask, { job: 'take' }>,
  { check }: Meter,
): Reply<Answer> {
  const bytes = bytesOf(source)
  if (!bytes) return { answer: { taken: null } }
  const message = new Whole(bytes)
  const transfer: ArrayBuffer[] = []
  let octets = 0
  const all = wanted.map((one): Taken => {
    check()
    const found = take(message, one)
    if (!found || !('bytes' in found)) return found
    octets += found.bytes.length
    if (octets > most)
      throw new Refused(
        'limit',
        'That asks for too many octets of one message; ask for less at once.',
      )
    const copy = own(found.bytes)
    transfer.push(copy.buffer)
    return { bytes: copy }
  })
  return { answer: { taken: all }, transfer }
}

function threads(
  { algorithm, columns }: Extract<Ask, { job: 'thread' }>,
  { check }: Meter,
): Reply<Answer> {
  const messages = threadables(columns)
  const number = (index: number): number => columns.numbers[index]
  const nodes =
    algorithm === 'REFERENCES'
      ? references(messages, number, check)
      : orderedSubject(messages, number)
  check()
  const writer = new Writer()
  writeThread(writer, nodes)
  const response = own(Buffer.concat(writer.take()))
  return { answer: { response }, transfer: [response.buffer] }
}

/** Words are as good as those that were written: they are only compared. */
function threadables(columns: ThreadColumns): Threadable[] {
  const { numbers, dates, subjects, replies, ids, starts, references: all } = columns
  const word = (id: number): string => (id === 0 ? '' : String(id))
  return Array.from(numbers, (_, index) => ({
    index,
    date: dates[index],
    subject: word(subjects[index]),
    isReply: replies[index] === 1,
    id: word(ids[index]),
    references: Array.from(all.subarray(starts[index], starts[index + 1]), word),
  }))
}

/** A copy that can be given away. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy
}
