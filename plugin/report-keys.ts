// The section [report] of lazaret.ini: central systems that are told what people say of messages.
import { bool, num, oneOf, text, type Parsed } from './fields.ts'

/** Of what RFC 5321 §4.1.2 allows, that which needs no quotes. */
const MAILBOX = /^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+$/

export const REPORT = {
  to: text(
    '',
    'Address that is told by mail (ARF, RFC 5965) what people say of messages: Release & Train, Not Spam, Spam; empty: none is',
    { max: 254, pattern: MAILBOX, hint: 'an address' },
  ),
  from: text('', 'Whom these mails are from; empty: lazaret@ the name of this server', {
    max: 254,
    pattern: MAILBOX,
    hint: 'an address',
  }),
  next_hop: text('', 'Where these mails go, as HOST:PORT; empty: as mail to that domain goes', {
    max: 300,
    pattern: /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/,
    hint: 'HOST:PORT',
  }),
  url: text(
    '',
    'Central Lazaret that is told the same, as https://HOST/api/v1/reports; empty: none is',
    { max: 1000, hint: 'a URL' },
  ),
  token: text('', 'By what that one knows this server (lazaret token there)', {
    max: 1000,
    pattern: /^[\x21-\x7e]+$/,
    hint: 'a token without spaces',
  }),
  ca: text(
    '',
    'Certificates that vouch for that one, instead of the usual ones; relative to the config folder of Haraka',
    { max: 1000, hint: 'a PEM file' },
  ),
  confirmed: bool(
    true,
    'Also tell what only confirms the filter (caught as spam, dropped into Spam); no: what it got wrong',
  ),
  content: oneOf(
    'message',
    ['message', 'header'],
    'What of the message goes along; of one above 1 MiB it is the header',
  ),
  redact: bool(
    true,
    'Take out who the recipients are: their addresses become pseudonyms, To, Cc and the like too, and the trace of the own network goes (RFC 6590)',
  ),
  delay: num(60, 'Seconds for which a report waits for second thoughts', { min: 0, max: 604800 }),
  retry_seconds: num(
    60,
    'Seconds until a central Lazaret that did not answer is tried again; twice as long each time, four hours at most',
    { min: 1, max: 14400 },
  ),
  give_up_days: num(5, 'Days after which a report is given up', { min: 1, max: 60 }),
}

/** A key that does not go with the others, and why; null: all is well. */
export function wrongReport({
  url,
  token,
  to,
  next_hop,
  from,
}: Parsed<typeof REPORT>): { key: keyof typeof REPORT; why: string } | null {
  const wrong = (key: keyof typeof REPORT, why: string): ReturnType<typeof wrongReport> => ({
    key,
    why,
  })
  if (url !== '') {
    const parsed = URL.canParse(url) ? new URL(url) : null
    if (parsed?.protocol !== 'https:') return wrong('url', `'${url}' is not https://HOST/...`)
    if (parsed.username || parsed.password)
      return wrong('url', 'it holds a password: set report.token, and leave it out here')
    if (token === '')
      return wrong('token', 'a central Lazaret asks who reports: set the token that it has given')
  }
  if (to === '' && next_hop !== '')
    return wrong('next_hop', 'it is for mail, and report.to names nobody: set both, or neither')
  if (to === '' && from !== '')
    return wrong('from', 'it is for mail, and report.to names nobody: set both, or neither')
  return null
}

/** `HOST:PORT` in its parts; null: none is set. */
export function nextHopOf({
  next_hop,
}: Pick<Parsed<typeof REPORT>, 'next_hop'>): { host: string; port: number } | null {
  if (next_hop === '') return null
  const at = next_hop.lastIndexOf(':')
  return {
    host: next_hop.slice(0, at).replace(/^\[|\]$/g, ''),
    port: Number(next_hop.slice(at + 1)),
  }
}
