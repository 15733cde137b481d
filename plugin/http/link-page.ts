// The page of a link in a digest: HTML and one style, and nothing else that a browser has to fetch.
import { createHash } from 'node:crypto'
import { dateIn, senderOf, warningsOf } from '../quarantine/digest/about.ts'
import type { DigestRow } from '../quarantine/digest/content.ts'
import { escapeHtml, isolated } from '../quarantine/digest/html.ts'
import type { Acted, ItemLink, Link, StopLink } from '../quarantine/digest/links.ts'
import type { Act } from '../quarantine/digest/token.ts'

export interface Page {
  link: Link
  /** What came of a POST. */
  told: Acted | { kind: 'stopped' | 'busy' | 'failed' } | null
}

const STYLE = `:root{color-scheme:light dark;--ink:#1d2733;--quiet:#4d5863;--back:#f4f6f8;--card:#fff;--line:#d5dbe1;--do:#0b6e6e;--on:#fff;--warn:#8a3b00}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--quiet:#aeb9c4;--back:#12181f;--card:#1b232c;--line:#3a4652;--do:#5cc9c4;--on:#06201f;--warn:#ffb377}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:40rem;margin:2rem auto;padding:1.5rem;background:var(--card);border-radius:.75rem}h1{margin:0 0 1rem;font-size:1.35rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;margin:0 0 1rem}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
h2{margin:0 0 .5rem;font-size:1.1rem;overflow-wrap:anywhere}.told{padding:.75rem 1rem;border:1px solid var(--line);border-radius:.5rem;font-weight:600}
.warn{color:var(--warn);font-weight:600}form{display:grid;gap:.9rem;margin-top:1rem}form div{display:grid;gap:.2rem}
button{min-height:44px;padding:.5rem 1rem;border:0;border-radius:.5rem;background:var(--do);color:var(--on);font:inherit;font-weight:600;cursor:pointer;overflow-wrap:anywhere}
small{color:var(--quiet);font-size:.9rem}:focus-visible{outline:3px solid var(--ink);outline-offset:2px}@media(max-width:30rem){main{margin:0;border-radius:0}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}`

/** No script, nothing from elsewhere, and of styles this one. */
export const LINK_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

export function linkPage(page: Page): string {
  const { link } = page
  const { texts, language } = link
  const { title } = texts.pages
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<style>${STYLE}</style></head>`,
    `<body><main><h1>${escapeHtml(title)}</h1>`,
    bodyOf(page),
    '</main></body></html>',
    '',
  ].join('\n')
}

function bodyOf({ link, told }: Page): string {
  const { pages } = link.texts
  if (told?.kind === 'busy' || told?.kind === 'failed') return says(pages[told.kind])
  switch (link.kind) {
    case 'wrong':
      return says(pages.wrong)
    case 'over':
      return says(pages.over)
    case 'disabled':
      return says(pages.disabled)
    case 'stop':
      return stopBody(link, told?.kind === 'stopped')
    default:
      return itemBody(link, told as Acted | null)
  }
}

function stopBody({ texts, scope, on }: StopLink, done: boolean): string {
  const { pages } = texts
  if (done) return says(pages.unsubscribed(scope))
  if (!on) return says(pages.already(scope))
  return [
    `<p>${escapeHtml(pages.unsubscribe(scope))}</p>`,
    '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">',
    `<button>${escapeHtml(pages.unsubscribeDo)}</button></form>`,
  ].join('\n')
}

function itemBody(link: ItemLink, told: Acted | null): string {
  const { texts, row, standing, acts, uses } = link
  const { pages } = texts
  const date = dateIn(link.language, link.zone)
  const lines: string[] = []
  if (told?.kind === 'done') lines.push(says(pages.done[told.act]))
  else if (told?.kind === 'refused') lines.push(says(pages.refused(told.reason)))
  else if (told?.kind === 'underway') lines.push(says(pages.underway))
  else if (told?.kind === 'not-allowed') lines.push(says(pages.notAllowed))
  const earlier = told?.kind === 'done' ? uses.filter(({ act }) => act !== told.act) : uses
  for (const { act, at } of earlier) lines.push(says(pages.used(nameOf(act, row, link), date(at))))
  if (row) lines.push(about(row, link, date))
  // What was just done says it, too.
  if (told?.kind !== 'done' && (standing !== 'caught' || uses.length > 0))
    lines.push(`<p>${escapeHtml(pages.state[standing])}</p>`)
  if (acts.length > 0) {
    if (told === null && uses.length === 0) lines.push(`<p>${escapeHtml(pages.ask)}</p>`)
    lines.push('<form method="post">')
    for (const act of acts)
      lines.push(
        `<div><button name="act" value="${act}" aria-describedby="about-${act}">${isolated(nameOf(act, row, link))}</button><small id="about-${act}">${escapeHtml(pages.about[act])}</small></div>`,
      )
    lines.push('</form>')
  }
  return lines.join('\n')
}

function nameOf(act: Act, row: DigestRow | null, { texts }: ItemLink): string {
  const name = texts.pages[act]
  return typeof name === 'string' ? name : name(row?.address ?? '')
}

function about(row: DigestRow, { texts }: ItemLink, date: (at: number) => string): string {
  const line = (name: string, text: string): string =>
    `<dt>${escapeHtml(name)}</dt><dd>${text}</dd>`
  return [
    `<h2>${isolated(row.subject || texts.noSubject)}</h2><dl>`,
    line(texts.from, isolated(senderOf(row, texts))),
    row.to === null ? '' : line(texts.to, isolated(row.to)),
    line(texts.received, escapeHtml(date(row.received))),
    row.expires > 0 ? line(texts.expires, escapeHtml(date(row.expires))) : '',
    row.reasons.length > 0 ? line(texts.why, isolated(row.reasons.join('; '))) : '',
    '</dl>',
    row.to === null ? '' : `<p>${escapeHtml(texts.outgoing)}</p>`,
    ...warningsOf(row, texts).map((one) => `<p class="warn">${isolated(one)}</p>`),
  ].join('')
}

const says = (text: string): string => `<p class="told" role="status">${escapeHtml(text)}</p>`
