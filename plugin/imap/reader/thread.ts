// A thread that reads messages for the IMAP server: what is long and pure of SEARCH and THREAD.
import { hash } from 'node:crypto'
import { type Meter, type Reply, serve } from '../../threads/serve.ts'
import { Writer, writeThread } from '../wire/index.ts'
import type { Answer, Ask, ThreadColumns } from './jobs.ts'
import { Asked } from './question.ts'
import { orderedSubject } from './threading/ordered-subject.ts'
import { references } from './threading/references.ts'
import type { Threadable } from './threading/threadable.ts'

serve<Ask, Answer>((ask, meter) => {
  if (ask.job === 'match') return { answer: matches(ask, meter) }
  return threads(ask, meter)
})

function matches({ candidates }: Extract<Ask, { job: 'match' }>, { check }: Meter): Answer {
  const damaged: number[] = []
  const found: number[] = []
  for (const { index, bytes, front, sha256, plain, question } of candidates) {
    const whole = hash('sha256', bytes.subarray(front), 'hex') === sha256
    if (!whole) damaged.push(index)
    const asked = new Asked(whole ? asBuffer(bytes) : EMPTY, plain && whole, check)
    if (asked.answers(question)) found.push(index)
  }
  return { matches: found, damaged }
}

const EMPTY = Buffer.alloc(0)

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

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length)

/** A copy that can be given away. */
function own(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy
}
