// What THREAD needs of each message (RFC 5256 §2.2 and §3).
import { parseEnvelope } from '../../mime/envelope.ts'
import { find } from '../../mime/headers.ts'
import { messageIds } from '../../mime/message-id.ts'
import { baseSubject } from '../../mime/subject.ts'
import { fold } from '../../mime/search.ts'
import type { Client } from '../client.ts'
import { eachMessage } from './find.ts'
import { sentDate } from './order.ts'

/** Of a longer list the first and the last count: each may name a message that is not there. */
const REFERENCES_MAX = 100

export interface Threadable {
  /** place in the mailbox: decides between equal dates */
  readonly index: number
  /** Unix time in ms */
  readonly date: number
  /** base subject, folded */
  readonly subject: string
  /** the subject says that it is a reply or a forward */
  readonly isReply: boolean
  /** Message-ID, or '' */
  readonly id: string
  /** ids of its ancestors, oldest first */
  readonly references: readonly string[]
}

/** The same for all messages that are still there. */
export async function threadKeys(
  client: Client,
  indices: readonly number[],
): Promise<Threadable[]> {
  const keys: Threadable[] = []
  await eachMessage(client, indices, (message) => {
    if (!message.there) return
    const { header, index } = message
    const { subject, messageId, inReplyTo } = parseEnvelope(header)
    const { base, isReply } = baseSubject(subject ?? '')
    const listed = messageIds(find(header, 'references') ?? '')
    // RFC 5256 §3: without References the first id of In-Reply-To
    const references = listed.length > 0 ? listed : messageIds(inReplyTo ?? '').slice(0, 1)
    keys.push({
      index,
      date: sentDate(message),
      subject: fold(base),
      isReply,
      id: messageIds(messageId ?? '').at(0) ?? '',
      references:
        references.length > REFERENCES_MAX
          ? [references[0], ...references.slice(1 - REFERENCES_MAX)]
          : references,
    })
  })
  return keys
}
