// The HTML of a digest: tables and inline styles, as mail clients have them; no picture, no script, nothing remote.
import { dateIn, senderOf, warningsOf, whyOf, type Digest } from './about.ts'
import type { DigestRow } from './content.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in HTML, also in an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char])
}

/** What strangers wrote: its direction is its own. */
export const isolated = (text: string): string => `<bdi>${escapeHtml(text)}</bdi>`

const INK = 'color:#1d2733'
const QUIET = 'color:#57636f;font-size:14px'
const LINE = 'border-top:1px solid #d5dbe1;padding:14px 0'
const BUTTON =
  'display:inline-block;margin-top:8px;padding:9px 14px;border-radius:6px;background:#0b6e6e;color:#ffffff;text-decoration:none;font-weight:600'
const WARN = 'color:#8a3b00;font-weight:600'

export function htmlOf(digest: Digest, subject: string): string {
  const { content, texts, scope, since, folders, links, language, zone } = digest
  const date = dateIn(language, zone)
  const { rows, count, more } = content
  const rest = count - rows.length
  const paragraph = (text: string, style = ''): string =>
    `<p style="margin:0 0 12px${style && `;${style}`}">${text}</p>`
  const link = (href: string, text: string): string =>
    `<a href="${escapeHtml(href)}" style="color:#0b6e6e">${escapeHtml(text)}</a>`
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language)}" dir="ltr"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light">',
    `<title>${escapeHtml(subject)}</title></head>`,
    `<body style="margin:0;background:#f4f6f8;${INK};font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">`,
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:16px">',
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;background:#ffffff;border-radius:10px;text-align:left"><tr><td style="padding:24px">',
    `<h1 style="margin:0 0 12px;font-size:21px;line-height:1.3">${escapeHtml(subject)}</h1>`,
    paragraph(
      `${escapeHtml(texts.heading(count, scope, since === null ? null : date(since)))} ${escapeHtml(texts.order(count))}`,
    ),
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0">',
    ...rows.map((row) => rowHtml(row, digest, date)),
    '</table>',
    rest > 0 ? paragraph(escapeHtml(texts.more(rest, more)), LINE) : '',
    links?.item ? paragraph(escapeHtml(texts.links(links.days)), QUIET) : '',
    links ? paragraph(link(links.page, texts.page)) : '',
    paragraph(
      escapeHtml(texts.folders(folders.caught, folders.release, folders.release_train)),
      QUIET,
    ),
    paragraph(escapeHtml(whyOf(digest)), QUIET),
    links ? paragraph(link(links.stop, texts.unsubscribe)) : '',
    '</td></tr></table></td></tr></table></body></html>',
    '',
  ]
    .filter((line) => line !== '')
    .join('\r\n')
}

function rowHtml(row: DigestRow, { texts, links }: Digest, date: (at: number) => string): string {
  const doubtful = row.doubtful
    ? ` <span style="${QUIET};font-weight:400">(${escapeHtml(texts.doubtful)})</span>`
    : ''
  const line = (name: string, text: string): string =>
    `<div style="${QUIET}">${escapeHtml(name)}: ${text}</div>`
  const until = row.expires > 0 ? `, ${texts.expires} ${date(row.expires)}` : ''
  return [
    `<tr><td style="${LINE};overflow-wrap:anywhere">`,
    `<div style="font-weight:600">${isolated(row.subject || texts.noSubject)}${doubtful}</div>`,
    line(texts.from, isolated(senderOf(row, texts))),
    row.to === null ? '' : line(texts.to, isolated(row.to)),
    row.to === null ? '' : `<div style="${QUIET}">${escapeHtml(texts.outgoing)}</div>`,
    line(texts.received, escapeHtml(`${date(row.received)}${until}`)),
    row.reasons.length > 0 ? line(texts.why, isolated(row.reasons.join('; '))) : '',
    ...warningsOf(row, texts).map((one) => `<div style="${WARN}">${isolated(one)}</div>`),
    links?.item
      ? `<a href="${escapeHtml(links.item(row))}" style="${BUTTON}">${escapeHtml(texts.look)}</a>`
      : '',
    '</td></tr>',
  ].join('')
}
