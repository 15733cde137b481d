// A digest as a message: text, and the same as HTML. Nothing in it is loaded from anywhere, and nothing that strangers wrote
// stands in its header.
import { domainToASCII } from 'node:url'
import MailComposer from 'nodemailer/lib/mail-composer'
import { domainOf } from '../../address.ts'
import { dateIn, senderOf, warningsOf, whyOf, type Digest } from './about.ts'
import type { DigestRow } from './content.ts'
import { htmlOf } from './html.ts'

/** Text and HTML of a digest, and its subject. */
export interface Shown {
  subject: string
  text: string
  html: string
}

export function shown(digest: Digest): Shown {
  const subject = digest.texts.subject(digest.content.count)
  return { subject, text: textOf(digest), html: htmlOf(digest, subject) }
}

/** The bytes of the message, lines ended by CRLF. */
export async function compose(digest: Digest): Promise<Buffer> {
  const { scope, id, at, from, language, links } = digest
  const domain = asciiOf(domainOf(from))
  const { subject, text, html } = shown(digest)
  const composer = new MailComposer({
    from: { name: 'Lazaret', address: from },
    to: { name: '', address: scope },
    subject,
    text,
    html,
    date: new Date(at),
    messageId: `<${id}.digest@${domain}>`,
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: {
      'Auto-Submitted': 'auto-generated', // RFC 3834 §5
      'List-Id': `<digest.lazaret.${domain}>`, // RFC 2919 §2
      'Content-Language': language, // RFC 3282 §2
      ...(links && {
        // RFC 8058 §3.1: both, and an HTTPS URI that needs nothing but its own text.
        'List-Unsubscribe': { prepared: true, value: `<${links.stop}>` },
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
  })
  return await composer.compile().build()
}

const asciiOf = (domain: string): string => domainToASCII(domain) || domain

function textOf(digest: Digest): string {
  const { content, texts, scope, since, folders, links, language, zone } = digest
  const date = dateIn(language, zone)
  const { rows, count, more } = content
  const rest = count - rows.length
  const lines = [
    texts.heading(count, scope, since === null ? null : date(since)),
    texts.order(count),
    '',
    ...rows.flatMap((row, i) => rowText(row, i + 1, digest, date)),
    ...(rest > 0 ? [texts.more(rest, more), ''] : []),
    ...(links?.item ? [texts.links(links.days), ''] : []),
    ...(links ? [`${texts.page}: ${links.page}`, ''] : []),
    texts.folders(folders.caught, folders.release, folders.release_train),
    '',
    // RFC 3676 §4.3.
    '-- ',
    whyOf(digest),
    ...(links ? [`${texts.unsubscribe}: ${links.stop}`] : []),
    '',
  ]
  return lines.join('\r\n')
}

function rowText(
  row: DigestRow,
  n: number,
  { texts, links }: Digest,
  date: (at: number) => string,
): string[] {
  const doubtful = row.doubtful ? ` [${texts.doubtful}]` : ''
  const label = (name: string, text: string): string => `    ${name}: ${text}`
  return [
    `${n}. ${row.subject || texts.noSubject}${doubtful}`,
    label(texts.from, senderOf(row, texts)),
    ...(row.to === null ? [] : [label(texts.to, row.to), `    ${texts.outgoing}`]),
    label(
      texts.received,
      `${date(row.received)}${row.expires > 0 ? `, ${texts.expires} ${date(row.expires)}` : ''}`,
    ),
    ...(row.reasons.length > 0 ? [label(texts.why, row.reasons.join('; '))] : []),
    ...warningsOf(row, texts).map((one) => `    ! ${one}`),
    ...(links?.item ? [label(texts.look, links.item(row))] : []),
    '',
  ]
}
