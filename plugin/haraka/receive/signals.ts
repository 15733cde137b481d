// What other Haraka plugins found, for the classifier: short `name=value` strings, each a feature of its
// own. Kinds of findings only, never an address, an id or a free text.
import type { Proofs } from '../../mail.ts'
import type { Connection, Results, Transaction } from '../types.ts'

/** Signals of one message: as many as a well-equipped Haraka finds. */
const SIGNALS_MAX = 64
const VALUE_MAX = 48

type Result = Record<string, unknown>
type Read = (result: Result) => (string | number | null)[]

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')
const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

const passOrFail: Read = ({ pass, fail }) => [
  list(fail).length > 0 ? 'fail' : list(pass).length > 0 ? 'pass' : null,
]
/** The tests that failed, without what they say in parentheses or behind a colon. */
const failures: Read = ({ fail }) => list(fail).map((one) => one.replace(/[(:].*$/s, ''))
/** A score in steps: what is near shall be one feature. */
const steps =
  (size: number, bound: number): Read =>
  ({ score }) => {
    const value = number(score)
    return [
      value === null ? null : Math.max(-bound, Math.min(bound, Math.round(value / size) * size)),
    ]
  }
const word =
  (key: string): Read =>
  (result) => [
    typeof result[key] === 'string' || typeof result[key] === 'number' ? result[key] : null,
  ]

/** By plugin: the signal, and how its results are read. */
const READ: Record<string, [signal: string, read: Read][] | undefined> = {
  spf: [['spf', word('result')]],
  dkim: [['dkim', passOrFail]],
  dkim_verify: [['dkim', passOrFail]],
  dmarc: [['dmarc', word('result')]],
  'dmarc-perl': [['dmarc', word('dmarc')]],
  arc: [['arc', passOrFail]],
  'dns-list': [
    ['dns-list', ({ fail }) => list(fail)],
    ['dns-list-pass', ({ pass }) => list(pass).filter((zone) => /wl|white|allow/.test(zone))],
  ],
  dnsbl: [['dns-list', ({ fail }) => list(fail)]],
  // `type/domain/zone`
  uribl: [['uribl', ({ fail }) => list(fail).map((one) => one.split('/').at(-1) ?? null)]],
  fcrdns: [
    ['fcrdns', passOrFail],
    ['fcrdns-fail', failures],
  ],
  karma: [['karma', steps(3, 15)]],
  clamd: [['clamd', passOrFail]],
  geoip: [
    ['country', word('country')],
    ['continent', word('continent')],
  ],
  asn: [['asn', word('asn')]],
  p0f: [['os', word('os_name')]],
  'helo.checks': [['helo', failures]],
  headers: [['headers', failures]],
  early_talker: [['early_talker', passOrFail]],
  'mail_from.is_resolvable': [['resolvable', passOrFail]],
  'known-senders': [['known-sender', ({ pass }) => [list(pass).length > 0 ? 'yes' : null]]],
  rspamd: [['rspamd', steps(3, 15)]],
  spamassassin: [['spamassassin', steps(3, 15)]],
}

/** What is known of this message from the connection and from the transaction, sorted, each once. */
export function signals(connection: Connection, transaction: Transaction): string[] {
  const found = new Set<string>()
  if (connection.tls.enabled) found.add('tls=yes')
  for (const results of [connection.results, transaction.results]) {
    const all = results.get_all()
    for (const plugin in all) {
      const known = Object.hasOwn(READ, plugin) ? READ[plugin] : undefined
      for (const [name, read] of known ?? []) {
        const prefix = name === 'spf' && results === connection.results ? 'spf-helo' : name
        for (const value of read(all[plugin])) {
          const text = sanitized(value)
          if (text !== '' && found.size < SIGNALS_MAX) found.add(`${prefix}=${text}`)
        }
      }
    }
  }
  return [...found].sort()
}

function sanitized(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value).toLowerCase()
  // An address got into a result: none of our business.
  if (text.includes('@')) return ''
  return text.replace(/[^a-z0-9._-]+/g, '_').slice(0, VALUE_MAX)
}

/** Domains that SPF and DKIM proved. `checked`: as the plugins that are loaded say. */
export function proofs(connection: Connection, transaction: Transaction, checked: boolean): Proofs {
  const signed = ['dkim', 'dkim_verify'].flatMap((plugin) =>
    list(transaction.results.get(plugin)?.pass),
  )
  // RFC 7489 §3.1.2: the MAIL FROM domain; with a null reverse-path, the HELO domain.
  const scope = transaction.mail_from.host ? 'mfrom' : 'helo'
  const results = scope === 'mfrom' ? transaction.results : connection.results
  const domain = spfPassed(results, scope)
  return {
    // A signature that was made here is among them: it is no domain.
    dkim: signed.filter(isDomain).slice(0, DKIM_MAX),
    spf: domain === null ? null : { scope, domain },
    checked,
  }
}

/** Signatures whose domains are looked at. */
const DKIM_MAX = 20

const isDomain = (text: string): boolean => /^[^\s@;=]+$/.test(text)

function spfPassed(results: Results, scope: string): string | null {
  const spf = results.get('spf')
  if (spf?.scope !== scope || String(spf.result).toLowerCase() !== 'pass') return null
  return typeof spf.domain === 'string' && isDomain(spf.domain) ? spf.domain : null
}
