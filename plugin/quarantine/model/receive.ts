// Reports of other servers, as a central Lazaret takes them: each server that is trusted is a voice of its own, with the
// ceiling of a person's, in a layer by which no mail is judged.
import { createHash } from 'node:crypto'
import { canonicalDomain } from '../../address.ts'
import { Refused } from '../../errors.ts'
import type { Label, Login, Scope } from '../../mail.ts'
import { readFeedback } from '../../mime/feedback.ts'
import { blobName } from '../../store/blobs.ts'
import { getLesson, type Standing } from '../../store/lessons.ts'
import { by, needAll } from '../eyes.ts'
import { write, type Context } from '../context.ts'
import { teach } from './learn.ts'

export interface Received {
  /** The name that the sender gave to the report; null: none. */
  report: string | null
  /** Whether anything was learned by it; false: it was known. */
  learned: boolean
  /** What its message counts as for that server now. */
  label: Label | null
  /** How far that counts; null: for nothing. */
  standing: Standing | null
}

/** RFC 2606 §2: no mail is judged for it. */
const NODES = 'node.invalid'

/** The scope as which a server teaches: settings of it (lessons_per_day) and `lazaret lessons` name it so. */
export function nodeScope(node: string): Scope {
  const domain = canonicalDomain(node)
  if (domain === null)
    throw new Refused('invalid', `'${node}' is no name of a server: call its token as that server.`)
  return `reports@${domain}.${NODES}`
}

/**
 * Learns from a report (ARF) of a trusted server, or takes back what an earlier one said. The same one again changes
 * nothing. Whose server it is, whoever calls has made sure of.
 */
export async function receiveReport(
  ctx: Context,
  login: Login,
  node: string,
  raw: Buffer,
): Promise<Received> {
  needAll(login, 'take reports of other servers')
  const scope = nodeScope(node)
  const feedback = readFeedback(raw)
  if (!feedback)
    throw new Refused(
      'invalid',
      'This is no report with its message: RFC 5965 asks for a part message/feedback-report, and one with the message behind it.',
    )
  const { report, label, takesBack, headerOnly, signals } = feedback
  if (headerOnly)
    throw new Refused(
      'invalid',
      'Of the message this report has the header alone: nothing is learned from that.',
    )
  if (label === null && !takesBack)
    throw new Refused(
      'invalid',
      `A report of type '${feedback.type}' does not say whether the message is spam.`,
    )
  ctx.store.space.need(0)
  const message = {
    blob: blobName(feedback.message),
    item: voteOf(report),
    signals,
    raw: feedback.message,
  }
  return await write(ctx, by({ ...login, via: `report of ${node}` }), (tx) => {
    const learned = teach(ctx, tx, message, label, scope)
    const lesson = getLesson(tx.views, message.blob, scope)
    return {
      report,
      learned,
      label: lesson?.label ?? null,
      standing: lesson?.label ? lesson.standing : null,
    }
  })
}

/** Several recipients of one message are several votes. Items have numbers above 0. */
function voteOf(report: string | null): number {
  if (report === null) return 0
  return -1 - createHash('sha256').update(report).digest().readUInt32LE(0)
}
