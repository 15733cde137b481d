// Who hands a message in, for the trace field that a release gets. What the client says of itself is checked, since it
// is written into a header.
import { domainToASCII } from 'node:url'
import type { Client } from '../../mail.ts'
import type { Connection, Transaction } from '../types.ts'

// A property under a key of our own: see bytes.ts.
const RECEIVED = Symbol('lazaret trace field')
type Traced = Transaction & { [RECEIVED]?: string }

const NAME = 'Received: '

/** For the `data` hook, when nothing of the client's stands there: the trace field that Haraka has made is kept. */
export function keepReceived(transaction: Traced): void {
  const line = transaction.header_lines?.[0]
  if (line?.startsWith(NAME)) transaction[RECEIVED] = line.slice(NAME.length)
}

/** The value of the trace field of this message. */
export function receivedOf(connection: Connection, transaction: Traced): string {
  // Where connection.ini says so, Haraka writes none.
  return transaction[RECEIVED] ?? connection.received_line()
}

export function clientOf({ hello, remote, tls, authheader }: Connection, utf8: boolean): Client {
  // RFC 3848; RFC 6531 §4.3 for international mail.
  const base = utf8 ? 'UTF8SMTP' : hello?.verb === 'EHLO' ? 'ESMTP' : 'SMTP'
  return {
    helo: helo(hello?.host ?? ''),
    name: domain(remote?.host ?? ''),
    address: /^[0-9A-Fa-f:.]+$/.exec(remote?.ip ?? '')?.[0] ?? '',
    protocol: `${base}${tls.enabled ? 'S' : ''}${authheader ? 'A' : ''}`,
  }
}

/** Who logged in (RFC 4954), as Haraka's plugins note it. */
export function userOf({ notes, results }: Connection): { user?: string } {
  const user = notes.auth_user ?? results.get('auth')?.user
  return typeof user === 'string' && user !== '' ? { user } : {}
}

/** RFC 5321 §4.1.1.1: a domain or an address literal. */
function helo(text: string): string {
  return /^\[[A-Za-z0-9:.-]{1,100}\]$/.test(text) ? text : domain(text)
}

function domain(text: string): string {
  // What Haraka puts for a name that the DNS does not tell.
  if (/^(?:Unknown|NXDOMAIN|DNSERROR)$/i.test(text)) return ''
  const ascii = /^[\x21-\x7e]*$/.test(text) ? text : domainToASCII(text)
  return /^[A-Za-z0-9._-]{1,255}$/.test(ascii) ? ascii : ''
}
