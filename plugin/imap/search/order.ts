// SORT (RFC 5256 §3, RFC 5957): one key a message and criterion, compared as told.
import { ENVELOPE_NAMES } from '../../mime/envelope-fields.ts'
import { parseEnvelope, type Envelope } from '../../mime/envelope.ts'
import { baseSubject, displayName, sortMailbox } from '../../mime/subject.ts'
import { sortKey } from '../../mime/search.ts'
import type { Client } from '../client.ts'
import { sortedInTurns } from '../../turns.ts'
import type { Message } from '../selected/message.ts'
import type { SortCriterion } from '../wire/index.ts'
import { eachHeader } from './find.ts'

type Key = string | number
type KeyOf = (message: Message, envelope: () => Envelope) => Key

const KEYS: Readonly<Record<SortCriterion['by'], KeyOf>> = {
  // INTERNALDATE counts seconds: within one, the next criterion decides
  ARRIVAL: ({ summary }) => Math.floor(summary.at / 1000),
  DATE: (message) => sentDate(message),
  SIZE: ({ summary }) => summary.size,
  SUBJECT: (_, envelope) => sortKey(baseSubject(envelope().subject ?? '').base),
  FROM: (_, envelope) => sortKey(sortMailbox(envelope().from)),
  TO: (_, envelope) => sortKey(sortMailbox(envelope().to)),
  CC: (_, envelope) => sortKey(sortMailbox(envelope().cc)),
  DISPLAYFROM: (_, envelope) => sortKey(displayName(envelope().from)),
  DISPLAYTO: (_, envelope) => sortKey(displayName(envelope().to)),
}

/** RFC 5256 §2.2: the Date of the message in UTC, its internal date where it has none. */
export function sentDate({ summary }: Message): number {
  return summary.sent ?? Math.floor(summary.at / 1000) * 1000
}

/** The indices in the order of the criteria; messages that are gone meanwhile are left out. */
export async function sort(
  client: Client,
  indices: readonly number[],
  criteria: readonly SortCriterion[],
): Promise<number[]> {
  const entries: { index: number; keys: Key[] }[] = []
  const named = criteria.some(({ by }) => by !== 'ARRIVAL' && by !== 'DATE' && by !== 'SIZE')
  await eachHeader(client, indices, named ? ENVELOPE_NAMES : null, (message) => {
    let envelope: Envelope | undefined
    const once = () => (envelope ??= parseEnvelope(message.headerOf(ENVELOPE_NAMES)))
    entries.push({
      index: message.index,
      keys: criteria.map(({ by }) => KEYS[by](message, once)),
    })
  })
  const signs = criteria.map(({ reverse }) => (reverse ? -1 : 1))
  const ordered = await sortedInTurns(
    entries,
    (a, b) => {
      for (const [i, sign] of signs.entries()) {
        if (a.keys[i] < b.keys[i]) return -sign
        if (a.keys[i] > b.keys[i]) return sign
      }
      return a.index - b.index // RFC 5256 §3: whatever is reversed, sequence numbers are not
    },
    client.turn,
  )
  return ordered.map(({ index }) => index)
}
