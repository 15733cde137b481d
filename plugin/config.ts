// lazaret.ini: schema = defaults = docs. The shipped config/lazaret.ini is generated from this file
// (scripts/config.ts), and a test fails when they differ.
import { address, bool, hostName, num, text, type Field, type Parsed } from './fields.ts'
import { dirname, resolve } from 'node:path'
import { canonicalDomain } from './address.ts'
import {
  BACKEND,
  checkBackend,
  checkOidc,
  OIDC,
  type BackendConfig,
  type OidcConfig,
} from './domain-config.ts'
import { CLUSTER } from './cluster/keys.ts'
import { REPORT, wrongReport } from './report-keys.ts'
import { SETTINGS, type Settings } from './settings.ts'
import { nearest } from './text.ts'

const folder = (name: string, doc: string): Field<string> =>
  text(name, doc, {
    max: 60,
    pattern: /^[^/*%"\\]+$/,
    hint: 'a folder name without / * % " \\',
    values: 'a name',
  })
const port = (value: number, doc: string): Field<number> => num(value, doc, { min: 0, max: 65535 })

/** Without TLS only to this machine: whoever reads a link can use it. */
const PUBLIC_URL =
  /^(?:https:\/\/[A-Za-z0-9.-]+|https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(?:\/[A-Za-z0-9._~-]+)*$/

export const CONFIG = {
  main: {
    data_dir: text(
      'lazaret',
      'Folder of the database; relative to the Haraka folder. On a local disk, not on NFS',
      {
        max: 1000,
        pattern: /^(?![~$])/,
        hint: 'a path as the system has it: write it without ~ and $',
        values: 'a path',
      },
    ),
    map_size_gb: num(
      1024,
      'Upper bound in GB of what is kept, with a warning at 80 %; beyond it mail that would be held is answered 451. The file grows as needed',
      { min: 0.01, max: 65536, whole: false },
    ),
    grace_hours: num(48, 'Hours for which a message deleted from the quarantine can be recovered', {
      min: 1,
      max: 720,
    }),
    journal_days: num(90, 'Days for which the journal (the audit of all changes) is kept', {
      min: 1,
      max: 36500,
    }),
    base_model: bool(
      true,
      'Start a new installation with the shipped base model as a prior; no: know nothing at first',
    ),
  },
  imap: {
    host: address(
      '0.0.0.0',
      'Address the IMAP server listens on, as numbers; :: for IPv6 and IPv4',
    ),
    tls_port: port(993, 'Port of IMAP over TLS; 0: off'),
    starttls_port: port(143, 'Port of IMAP with STARTTLS (no login before it); 0: off'),
    cert: text(
      '',
      'Certificate chain; empty: a self-signed certificate is made in the data folder',
      { max: 1000, hint: 'a PEM file' },
    ),
    key: text('', 'Private key of that certificate', { max: 1000, hint: 'a PEM file' }),
    trash: bool(false, 'Offer a Trash folder; moving a message there is never a lesson'),
    max_connections: num(2000, 'IMAP connections at one time', { min: 1, max: 1_000_000 }),
    max_per_address: num(50, 'IMAP connections from one network address', {
      min: 1,
      max: 100_000,
    }),
    max_per_account: num(40, 'IMAP connections of one account', { min: 1, max: 100_000 }),
    max_commands: num(
      16,
      'IMAP commands of one account that run at one time, over all its connections; as many again wait, more are refused',
      { min: 1, max: 100_000 },
    ),
    append_limit: num(52428800, 'Largest message in octets that may be appended over IMAP', {
      min: 1024,
      max: 1073741824,
    }),
    test_mailboxes: bool(
      false,
      'FOR TESTS ONLY: the super-admin can create folders, which mean nothing',
    ),
  },
  http: {
    host: address(
      '127.0.0.1',
      'Address that lazaret/http (Software API) listens on, as numbers; only this machine unless told otherwise',
    ),
    port: num(8443, 'Port of lazaret/http', { min: 1, max: 65535 }),
    tls: bool(
      true,
      'Speak HTTPS, with the certificate of [imap]; no: only for a reverse proxy on this machine, or one of trust_proxy',
    ),
    trust_proxy: text(
      '',
      'Addresses and networks of reverse proxies whose X-Forwarded-For is believed, with commas; empty: none',
      {
        max: 1000,
        pattern: /^[0-9A-Fa-f.:]+(?:\/\d{1,3})?(?:\s*,\s*[0-9A-Fa-f.:]+(?:\/\d{1,3})?)*$/,
        hint: 'addresses as numbers, such as 127.0.0.1, 10.0.0.0/8',
      },
    ),
    base_path: text('', 'Path below which a reverse proxy shows this server, such as /lazaret', {
      max: 200,
      pattern: /^(?:\/[A-Za-z0-9._~-]+)+$/,
      hint: 'a path that begins with / and does not end with it',
    }),
    mail_host: hostName(
      'Host name of the IMAP server that autoconfig tells mail clients; empty: the name they have asked',
      { key: 'mail_host' },
    ),
    mail_submission_port: num(
      587,
      'Port at the same host by which autoconfig tells Thunderbird to send mail: it takes no answer without one; where it has a server for sending already, it keeps that. 465: TLS, others: STARTTLS',
      { min: 1, max: 65_535 },
    ),
    session_hours: num(12, 'Hours after which a login on the page ends, unless it is used', {
      min: 1,
      max: 720,
    }),
    max_connections: num(500, 'HTTP connections at one time', { min: 1, max: 1_000_000 }),
    max_per_address: num(
      50,
      'HTTP connections from one network address that is no reverse proxy of trust_proxy',
      { min: 1, max: 100_000 },
    ),
    requests_per_minute: num(
      600,
      'Requests of one account, or of one network address without a login, in a minute',
      { min: 10, max: 1_000_000 },
    ),
  },
  front: {
    memory_mb: num(
      0,
      'Memory in MB beyond which the process that serves people is ended and started anew; 0: what its limits add up to',
      { min: 0, max: 1_000_000 },
    ),
    command_seconds: num(
      30,
      'Seconds of processor time that one command of a mail client, or one request over HTTP, may take; then whoever asked is told so',
      { min: 1, max: 3600 },
    ),
  },
  release: {
    host: hostName('Next hop of released mail; empty: the way the message would have gone', {
      port: 'port',
    }),
    port: num(25, 'Port of that next hop', { min: 1, max: 65535 }),
    stop_seconds: num(
      5,
      'Seconds for which a stop of Haraka waits for next hops that have a message of ours; below what systemd or docker grant',
      { min: 0, max: 600 },
    ),
  },
  report: REPORT,
  digest: {
    url: text(
      '',
      'Address at which people reach lazaret/http, with its base_path, such as https://quarantine.example.com: for links in digests; empty: digests have none and tell of the mail client',
      {
        max: 500,
        pattern: PUBLIC_URL,
        hint: 'an address that begins with https:// and has neither ? nor # nor a / at its end',
        values: 'an address',
      },
    ),
    from: text(
      '',
      'Address that digests come from; empty: postmaster of the domain of whom they are for',
      {
        max: 320,
        pattern: /^[^\s@<>"(),:;]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/,
        hint: 'an address such as quarantine@example.com',
        values: 'an address',
      },
    ),
    link_days: num(14, 'Days after which a link in a digest does nothing any more', {
      min: 1,
      max: 90,
    }),
  },
  cluster: CLUSTER,
  folders: {
    caught: folder('Caught', 'Held incoming mail'),
    outgoing: folder('Caught (Outgoing)', 'Held outgoing mail'),
    requested: folder('Training Requested', 'Copies of delivered unsure mail (copy_unsure)'),
    release_train: folder(
      'Release & Train',
      'A message dropped here is delivered and learned as ham',
    ),
    release: folder('Release', 'A message dropped here is delivered'),
    not_spam: folder('Not Spam', 'A message dropped here is learned as ham'),
    spam: folder('Spam', 'A message dropped here is learned as spam'),
    trash: folder('Trash', 'Deleted messages, where imap.trash is on'),
  },
  login: {
    failures: num(
      5,
      'Wrong passwords for one account from one network before that network is locked out of it for a while',
      { min: 1, max: 1000 },
    ),
    source_failures: num(
      50,
      'Wrong passwords from one network (an IPv4 address, a /64 of IPv6) before it is locked out of all accounts',
      { min: 1, max: 1_000_000 },
    ),
    lockout_minutes: num(10, 'Length of a lock-out in minutes', { min: 1, max: 10080 }),
    scram: bool(
      true,
      'Offer SCRAM-SHA-256; no: passwords that are set from then on have no keys for it in the database',
    ),
  },
  settings: SETTINGS,
} satisfies Record<string, Record<string, Field<unknown>>>

type Schema = typeof CONFIG
export type Config = { readonly [S in keyof Schema]: Parsed<Schema[S]> } & {
  /** [backend:DOMAIN], by domain in A-labels. */
  readonly backends: Readonly<Record<string, BackendConfig>>
  /** [oidc:DOMAIN], likewise. */
  readonly oidc: Readonly<Record<string, OidcConfig>>
}
export type { Settings }

/** A value of a configuration file that will not do. The message names file, key and reason. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Sections and keys as an ini reader gives them; values may have been turned into numbers or booleans. */
export type Ini = Record<string, unknown>

/** Checks every key and gives the frozen configuration; the first wrong one throws ConfigError. */
export function readConfig(ini: Ini, file = 'lazaret.ini'): Config {
  const config: Record<string, unknown> = {}
  for (const section of Object.keys(ini)) {
    if (section !== 'main' && !Object.hasOwn(CONFIG, section) && !DOMAIN_SECTION.test(section))
      throw new ConfigError(
        `${file}: [${section}] is no section of this file${meant(section, Object.keys(CONFIG), (one) => `[${one}]`)}; there are [${[...Object.keys(CONFIG), ...OF_DOMAINS.map(([kind]) => `${kind}:DOMAIN`)].join('], [')}]`,
      )
  }
  for (const [section, fields] of Object.entries(CONFIG) as [
    string,
    Record<string, Field<unknown>>,
  ][]) {
    config[section] = parseSection(ini, section, fields, file)
  }
  config.backends = ofDomains<BackendConfig>(ini, 'backend', BACKEND, checkBackend, file)
  config.oidc = ofDomains<OidcConfig>(ini, 'oidc', OIDC, checkOidc, file)
  const checked = Object.freeze(config) as unknown as Config
  checkTogether(checked, file)
  return checked
}

/** The values of one section. */
function parseSection(
  ini: Ini,
  section: string,
  fields: Record<string, Field<unknown>>,
  file: string,
): Readonly<Record<string, unknown>> {
  const given = (ini[section] ?? {}) as Record<string, unknown>
  for (const key of Object.keys(given))
    if (!Object.hasOwn(fields, key))
      throw new ConfigError(
        `${file}: ${section}.${key} is no key of this file${meantKey(fields, key)}; [${section}] has ${Object.keys(fields).join(', ')}`,
      )
  const values: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) {
    const raw = given[key]
    try {
      values[key] = field.parse(raw === undefined || raw === null ? field.default : word(raw))
    } catch (error) {
      throw new ConfigError(`${file}: ${section}.${key}: ${(error as Error).message}`)
    }
  }
  return Object.freeze(values)
}

const DOMAIN_SECTION = /^(?:backend|oidc):/

/** The sections `[kind:DOMAIN]`. */
function ofDomains<T extends { readonly ca: string }>(
  ini: Ini,
  kind: string,
  fields: Record<string, Field<unknown>>,
  check: (values: T) => void,
  file: string,
): Record<string, T> {
  const found: Record<string, T> = {}
  for (const section of Object.keys(ini).filter((name) => name.startsWith(`${kind}:`))) {
    const typed = section.slice(kind.length + 1)
    const domain = typed.includes('@') ? null : canonicalDomain(typed)
    if (domain === null)
      throw new ConfigError(
        `${file}: [${section}]: '${typed}' is no domain; write [${kind}:example.com]`,
      )
    if (Object.hasOwn(found, domain))
      throw new ConfigError(`${file}: [${section}]: there is a section of ${domain} already`)
    const values = parseSection(ini, section, fields, file) as T
    try {
      check(values)
    } catch (error) {
      throw new ConfigError(`${file}: ${section}.${(error as Error).message}`)
    }
    // Paths are relative to the folder of the file.
    const ca = values.ca && resolve(dirname(file), values.ca)
    found[domain] = Object.freeze({ ...values, ca })
  }
  return Object.freeze(found)
}

/** The key that was probably meant, with its section where that is another one. */
function meantKey(fields: Record<string, unknown>, key: string): string {
  const own = Object.keys(fields)
  const near = meant(key, own)
  if (near !== '') return near
  const elsewhere = Object.entries(CONFIG).filter(([, fields]) => Object.hasOwn(fields, key))
  const names = elsewhere.map(([name]) => `[${name}]`)
  return names.length > 0 ? `: it belongs below ${names.join(' or ')}` : ''
}

function meant(typed: string, words: string[], shown = (one: string): string => one): string {
  const near = nearest(typed, words)
  return near === null ? '' : `: is ${shown(near)} meant?`
}

/** What Haraka's reader makes of a value; `key[] = a` gives it lists, which no key here is. */
function word(raw: unknown): string {
  if (typeof raw === 'string') return raw
  if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw)
  throw new Error('takes one value')
}

function checkTogether(config: Config, file: string): void {
  const { main, imap, http, settings, folders, report } = config
  const wrong = wrongReport(report)
  if (wrong) throw new ConfigError(`${file}: report.${wrong.key}: ${wrong.why}`)
  if (/^(\.\/?)?$|^(\.\/)?config\/?$/.test(main.data_dir))
    throw new ConfigError(
      `${file}: main.data_dir: '${main.data_dir}' is no folder of its own: name one, such as ${CONFIG.main.data_dir.default}`,
    )
  if (imap.tls_port === 0 && imap.starttls_port === 0)
    throw new ConfigError(
      `${file}: imap.tls_port: both ports are off, so no mail client could connect: set one, or take lazaret/imap out of config/plugins`,
    )
  if (imap.tls_port === imap.starttls_port)
    throw new ConfigError(
      `${file}: imap.starttls_port: ${imap.starttls_port} is imap.tls_port already: give each a port of its own, or 0`,
    )
  if ((imap.cert === '') !== (imap.key === ''))
    throw new ConfigError(
      `${file}: imap.${imap.cert ? 'key' : 'cert'}: set both cert and key, or neither`,
    )
  for (const key of ['tls_port', 'starttls_port'] as const)
    if (http.port === imap[key])
      throw new ConfigError(`${file}: http.port: ${http.port} is imap.${key} already`)
  if (!http.tls && http.trust_proxy === '' && !isLoopback(http.host))
    throw new ConfigError(
      `${file}: http.tls: passwords would go over the network for all to read; leave it on, name the reverse proxy in http.trust_proxy, or set http.host = 127.0.0.1`,
    )
  if (settings.unsure > settings.spam)
    throw new ConfigError(
      `${file}: settings.unsure: ${settings.unsure} is above settings.spam (${settings.spam})`,
    )
  const names = new Map<string, string>([['inbox', 'INBOX']])
  for (const [key, name] of Object.entries(folders)) {
    if (name === '') throw new ConfigError(`${file}: folders.${key}: the name is empty`)
    const other = names.get(name.toLowerCase())
    if (other)
      throw new ConfigError(`${file}: folders.${key}: '${name}' is the name of ${other} already`)
    names.set(name.toLowerCase(), key)
  }
}

const isLoopback = (host: string): boolean => /^(?:localhost|127\.[\d.]+|::1)$/.test(host)

/** Sections that a domain may have. */
const OF_DOMAINS = [
  [
    'backend',
    'A domain whose passwords another server knows: it is asked at a login, beside a password of our own and app passwords.',
    BACKEND,
  ],
  ['oidc', 'A domain whose people log in to the page at a provider of OpenID Connect.', OIDC],
] as const

function keysOf(fields: Record<string, Field<unknown>>): string[] {
  return Object.entries(fields).flatMap(([key, field]) => [
    `; ${field.doc}${field.values ? ` (${field.values})` : ''}`,
    `;${key} = ${field.default}`.trimEnd(),
  ])
}

/** The text of the shipped file: every key with its comment and default, commented out. */
export function sampleIni(): string {
  const lines = [
    '; Lazaret: spam filter and quarantine. Every key stands here with its default: remove the `;` to',
    '; change one. Copy this file to the config folder of Haraka first; Haraka is restarted to read it.',
    '',
  ]
  for (const [section, fields] of Object.entries(CONFIG)) {
    lines.push(`[${section}]`)
    if (section === 'settings')
      lines.push(
        '; Defaults for everybody. `lazaret settings set` overrides them for all, a domain or an address,',
        '; without a restart.',
      )
    lines.push(...keysOf(fields), '')
  }
  for (const [kind, what, fields] of OF_DOMAINS) {
    lines.push(`; ${what}`, `;[${kind}:example.com]`, ...keysOf(fields), '')
  }
  return lines.join('\n')
}
