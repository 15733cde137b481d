// What Haraka's own words say of a file that it gave up, for all that we put into its queue.
import type { HMail } from '../types.ts'
import type { Attempts } from './attempts.ts'
import { isMarked } from './queue-files.ts'

/** What became of it: not delivered, and why; or nobody knows (`unknown`), and what the next server did last. */
export interface Heard {
  unknown: boolean
  /** `''`: it was gone. */
  why: string
}

/** Haraka's words for a line without a reply code. */
const GARBLED = 'Unrecognized response from upstream server:'

/** Of one that Haraka bounces. `error`: as its hook gets it. */
export function heardOf(hmail: HMail, attempts: Attempts, error: unknown): Heard {
  if (attempts.unknown) return { unknown: true, why: attempts.trouble }
  const said = error instanceof Error ? error.message : String(error)
  // A line that is no reply says nothing of the message that came before it.
  if (isMarked(hmail) && said.startsWith(GARBLED)) return { unknown: true, why: noReply(said) }
  return { unknown: false, why: replyOf(hmail, said, attempts) }
}

const noReply = (said: string): string =>
  `answered "${said.slice(GARBLED.length).trim()}", which is no reply`

/** What happened, where Haraka's own words say that something did. */
export function replyOf({ todo }: HMail, reason: string, attempts: Attempts): string {
  const { trouble, refusal } = attempts
  const often = /^Too many failures \((.*)\)$/s.exec(reason)
  if (often)
    return `given up after many attempts; the last one: ${replyOf({ todo } as HMail, often[1], attempts)}`
  if (refusal !== '') return refusal
  if (reason.startsWith('Some recipients')) return todo.rcpt_to[0]?.reason ?? reason
  if (reason.startsWith(GARBLED)) return `the next server ${noReply(reason)}`
  if (reason === 'Tried all MXs') return trouble || `no server for ${todo.domain} could be reached`
  return reason.replace(/^Upstream error: /, '')
}
