// Sections of lazaret.ini that a domain may have: who checks its passwords instead of us ([backend:DOMAIN]), and where its
// people log in for the page ([oidc:DOMAIN]).
import { bool, hostName, num, oneOf, text, type Field, type Parsed } from './fields.ts'

export const BACKEND = {
  type: oneOf<'imap' | 'smtp' | 'ldap'>(
    'imap',
    ['imap', 'smtp', 'ldap'],
    'What the server speaks that knows the passwords',
  ),
  host: hostName('Its name; its certificate has to be of that name', { port: 'port' }),
  port: num(0, 'Its port; 0: the usual one (993, 143; 465, 587; 636, 389)', { min: 0, max: 65535 }),
  tls: oneOf<'implicit' | 'starttls'>(
    'implicit',
    ['implicit', 'starttls'],
    'TLS from the first byte, or by STARTTLS; without TLS no password is sent to anybody',
  ),
  ca: text(
    '',
    'Certificates that may have issued its certificate, or that one itself; empty: those that Node.js trusts',
    { max: 1000, hint: 'a PEM file' },
  ),
  server_name: hostName('Name that its certificate has to be of, where that is not host', {
    key: 'server_name',
  }),
  timeout_seconds: num(10, 'Seconds within which it has to answer', { min: 1, max: 60 }),
  connections: num(8, 'Passwords that it is asked about at one time; 64 more wait', {
    min: 1,
    max: 1000,
  }),
  cache_minutes: num(
    10,
    'Minutes for which a password that was right is not asked about again; so long an old one may still do here',
    { min: 0, max: 1440 },
  ),
  user: text('%u', 'The name that it is told: %u the address, %n what stands before its @', {
    max: 200,
    pattern: /%[un]/,
    hint: 'a text with %u or %n',
  }),
  create: bool(false, 'Whoever logs in for the first time gets an account'),
  user_dn: text(
    '',
    'LDAP: the DN to bind as, with %u or %n, such as uid=%n,ou=people,dc=example,dc=com; empty: it is searched for',
    { max: 1000 },
  ),
  base: text('', 'LDAP: where it is searched for', { max: 1000, hint: 'a DN' }),
  filter: text('(mail=%u)', 'LDAP: what it is searched by, with %u or %n', { max: 1000 }),
  bind_dn: text('', 'LDAP: who searches; empty: nobody in particular', { max: 1000, hint: 'a DN' }),
  bind_password: text('', 'LDAP: the password of that one', { max: 1000 }),
} satisfies Record<string, Field<unknown>>

export const OIDC = {
  issuer: text('', 'OpenID Connect: address of the provider', {
    max: 1000,
    pattern: /^https:\/\/\S+$/,
    hint: 'an address that begins with https://',
  }),
  client_id: text('', 'What it calls us', { max: 500 }),
  client_secret: text('', 'The secret that it gave us; empty: none (PKCE alone)', { max: 1000 }),
  claim: text('email', 'What of its token is the address', { max: 100 }),
  ca: text('', 'As of a back end', { max: 1000, hint: 'a PEM file' }),
  timeout_seconds: num(10, 'Seconds within which it has to answer', { min: 1, max: 60 }),
  create: bool(false, 'Whoever logs in for the first time gets an account'),
} satisfies Record<string, Field<unknown>>

export type BackendConfig = Parsed<typeof BACKEND>
export type OidcConfig = Parsed<typeof OIDC>

/** Throws Error whose message begins with a key, where keys do not go together. */
export function checkBackend({ type, host, user_dn, base, filter }: BackendConfig): void {
  if (host === '') throw new Error('host: name the server')
  if (type !== 'ldap') return
  if (user_dn === '' && base === '') throw new Error('base: say where to search, or set user_dn')
  if (user_dn !== '' && !/%[un]/.test(user_dn))
    throw new Error(`user_dn: '${user_dn}' has neither %u nor %n: all would bind as one`)
  if (user_dn === '' && (!/^\(.*\)$/.test(filter) || !/%[un]/.test(filter)))
    throw new Error(`filter: '${filter}' is no filter with %u or %n, such as (mail=%u)`)
}

export function checkOidc({ issuer, client_id }: OidcConfig): void {
  if (issuer === '') throw new Error('issuer: name the provider')
  if (client_id === '') throw new Error('client_id: say what the provider calls us')
}

/** The usual port of a back end that names none. */
export function portOf({ type, tls, port }: BackendConfig): number {
  return port || USUAL[type][tls]
}

const USUAL = {
  imap: { implicit: 993, starttls: 143 },
  smtp: { implicit: 465, starttls: 587 }, // RFC 8314 §3.3
  ldap: { implicit: 636, starttls: 389 },
} as const
