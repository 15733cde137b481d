// A report as central systems read it: RFC 5965 (ARF), with the types of RFC 6430 and fields of our own.
import type { Item, Label } from '../../mail.ts'
import { find, type Header } from '../../mime/headers.ts'
import { subjectValue } from '../../mime/prefix.ts'
import { decodeWords } from '../../mime/words.ts'
import { FEEDBACK_FIELDS } from '../../mime/feedback.ts'

export interface Said {
  /** Names the report; the same in what corrects it. */
  id: string
  /** Unique per statement. */
  token: string
  vote: Label | null
  item: Pick<Item, 'sender' | 'recipients' | 'at' | 'verdict' | 'signals' | 'client' | 'asked'>
  /** As it was received, or its header alone. */
  message: Buffer
  headerOnly: boolean
  header: Header
  /** Unix time in ms at which it is written. */
  now: number
  /** Name of this server. */
  me: string
  from: string
  to: string
  /** `Lazaret/1.2.3`. */
  agent: string
  /** Parts the parts; in none of them. */
  boundary: string
}

/** RFC 5965 §7.3; RFC 6430 §3: `not-spam` corrects. What is taken back has no type of its own. */
const TYPES = { spam: 'abuse', ham: 'not-spam', none: 'other' } as const

const TEXTS = {
  spam: 'A recipient says that the message below is spam.',
  ham: 'A recipient says that the message below is not spam.',
  none: 'What was said before of the message below is taken back.',
} as const

/** The whole message, with CRLF. */
export function arf(said: Said): Buffer {
  const { id, token, now, me, from, to, boundary, header } = said
  const subject = decodeWords(find(header, 'subject') ?? '')
  const front = [
    `From: Lazaret <${from}>`,
    `To: <${to}>`,
    // RFC 5965 §2 (f): as that of the message, but for a mark of forwarded mail.
    `Subject: ${subjectValue(`FW: ${subject}`)}`,
    `Date: ${mailDate(now)}`,
    `Message-ID: <${token}@${me}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    // RFC 5965 §2 (a)
    `Content-Type: multipart/report; report-type=feedback-report;\r\n\tboundary="${boundary}"`,
    '',
    // RFC 5965 §2 (b)
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    TEXTS[said.vote ?? 'none'],
    `Report ${id} of ${me}, by people and a filter; nobody reads answers.`,
    '',
    // RFC 5965 §2 (c)
    `--${boundary}`,
    'Content-Type: message/feedback-report',
    '',
    ...feedback(said),
    '',
    // RFC 5965 §2 (d)
    `--${boundary}`,
    `Content-Type: ${said.headerOnly ? 'text/rfc822-headers' : 'message/rfc822'}`,
    'Content-Transfer-Encoding: 8bit',
    '',
    '',
  ]
  const end = `\r\n--${boundary}--\r\n`
  return Buffer.concat([Buffer.from(front.join('\r\n')), said.message, Buffer.from(end)])
}

function feedback({ vote, item, id, me, agent }: Said): string[] {
  const { sender, recipients, at, verdict, signals, client, asked } = item
  return [
    // RFC 5965 §3.1
    `Feedback-Type: ${TYPES[vote ?? 'none']}`,
    `User-Agent: ${agent}`,
    'Version: 1',
    // RFC 5965 §3.2
    ...(asked?.envid ? [`Original-Envelope-Id: ${line(asked.envid)}`] : []),
    `Original-Mail-From: <${line(sender)}>`,
    `Arrival-Date: ${mailDate(at)}`,
    `Reporting-MTA: dns; ${me}`,
    ...(client?.address ? [`Source-IP: ${line(client.address)}`] : []),
    // RFC 5965 §3.3
    ...recipients.map((one) => `Original-Rcpt-To: <${line(one)}>`),
    // RFC 5965 §3.4: fields that others pass over.
    `${FEEDBACK_FIELDS.report}: ${id}`,
    `${FEEDBACK_FIELDS.vote}: ${vote ?? 'none'}`,
    ...(verdict
      ? [`${FEEDBACK_FIELDS.verdict}: ${verdict.class} score=${verdict.score.toFixed(4)}`]
      : []),
    ...signals.map((one) => `${FEEDBACK_FIELDS.signal}: ${line(one)}`),
  ]
}

/** RFC 5322 §3.3. */
const mailDate = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000')

/** What others said, in a header line. */
const line = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '?').slice(0, 900)
