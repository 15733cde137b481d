// What THREAD needs of each message (RFC 5256 §2.2 and §3), as columns that are given to a thread.
import { ENVELOPE_NAMES } from '../../mime/envelope-fields.ts'
import { parseEnvelope } from '../../mime/envelope.ts'
import { find } from '../../mime/headers.ts'
import { messageIds } from '../../mime/message-id.ts'
import { baseSubject } from '../../mime/subject.ts'
import { fold } from '../../mime/search.ts'
import type { Client } from '../client.ts'
import type { ThreadColumns } from '../reader/jobs.ts'
import { eachHeader } from './find.ts'
import { sentDate } from './order.ts'

const FIELDS = [...ENVELOPE_NAMES, 'references']

/** Of a longer list the first and the last count: each may name a message that is not there. */
const REFERENCES_MAX = 100
/** Of a longer field so many characters of its beginning and its end are looked at. */
const FIELD_PIECE = 32_768

/** Columns of the messages of `indices` that are still there; `number` tells what stands for one in the answer. */
export async function threadColumns(
  client: Client,
  indices: readonly number[],
  number: (index: number) => number,
): Promise<ThreadColumns> {
  const words = new Words()
  const numbers: number[] = []
  const dates: number[] = []
  const subjects: number[] = []
  const replies: number[] = []
  const ids: number[] = []
  const starts: number[] = []
  const all: number[] = []
  await eachHeader(client, indices, FIELDS, (message) => {
    const { index } = message
    const header = message.headerOf(FIELDS)
    const { subject, messageId, inReplyTo } = parseEnvelope(header)
    const { base, isReply } = baseSubject(subject ?? '')
    const listed = messageIds(pieces(find(header, 'references') ?? ''))
    // RFC 5256 §3: without References the first id of In-Reply-To
    const references = listed.length > 0 ? listed : messageIds(inReplyTo ?? '').slice(0, 1)
    numbers.push(number(index))
    dates.push(sentDate(message))
    subjects.push(words.of(fold(base)))
    replies.push(isReply ? 1 : 0)
    ids.push(words.of(messageIds(messageId ?? '').at(0) ?? ''))
    starts.push(all.length)
    const first = Math.max(0, references.length - REFERENCES_MAX + 1)
    for (const [i, id] of references.entries()) if (i === 0 || i >= first) all.push(words.of(id))
  })
  return {
    numbers: Uint32Array.from(numbers),
    dates: Float64Array.from(dates),
    subjects: Uint32Array.from(subjects),
    replies: Uint8Array.from(replies),
    ids: Uint32Array.from(ids),
    starts: Uint32Array.from([...starts, all.length]),
    references: Uint32Array.from(all),
  }
}

/** The ids at both ends of a field, whole ones: their middle is not looked at where it is very long. */
function pieces(field: string): string {
  if (field.length <= 2 * FIELD_PIECE) return field
  const head = field.slice(0, FIELD_PIECE)
  const tail = field.slice(-FIELD_PIECE)
  return head.slice(0, head.lastIndexOf('>') + 1) + tail.slice(tail.indexOf('<'))
}

/** Words as numbers, equal for equal ones; 0 is the empty one. */
class Words {
  readonly #numbers = new Map<string, number>([['', 0]])

  of(word: string): number {
    let number = this.#numbers.get(word)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(word, number)
    }
    return number
  }
}
