// What is compared: which plugins stand between `MAIL` and the end of the message, and what share is held.

export type Rival = 'rspamd' | 'spamassassin'
export type FilterName = 'lazaret' | Rival

export interface Variant {
  name: string
  /** Null: Haraka alone. */
  filter: FilterName | null
  /** Share of the messages that are held, 0..1. */
  held: number
  /** smtp.ini nodes: 0 is one process. */
  nodes: number
  /** Clients use STARTTLS. */
  tls: boolean
  /** What becomes of mail that is accepted: discarded, or forwarded to a next hop. */
  queue: 'discard' | 'forward'
  /** The variant that this one is measured against. */
  against: string
  /** Messages a slice, as a share of the usual number: a slow filter shall not take all the time. */
  share: number
}

const variant = (name: string, over: Partial<Variant> = {}): Variant => ({
  name,
  filter: 'lazaret',
  held: 0,
  nodes: 0,
  tls: false,
  queue: 'discard',
  against: 'alone',
  share: 1,
  ...over,
})

export const QUICK: readonly Variant[] = [
  variant('alone', { filter: null }),
  variant('pass'),
  variant('hold50', { held: 0.5 }),
]

const WORKERS = { nodes: 2, against: 'alone, 2 workers' }
const TLS = { tls: true, against: 'alone, TLS' }
const FORWARD = { queue: 'forward', against: 'alone, forwarding' } as const

/** What an admin has to choose from. */
export const ADMIN: readonly Variant[] = [
  ...QUICK,
  variant('hold10', { held: 0.1 }),
  variant('hold90', { held: 0.9 }),
  variant('alone, 2 workers', { ...WORKERS, filter: null }),
  variant('pass, 2 workers', WORKERS),
  variant('hold50, 2 workers', { ...WORKERS, held: 0.5 }),
]

export const FULL: readonly Variant[] = [
  ...ADMIN,
  variant('alone, TLS', { ...TLS, filter: null }),
  variant('pass, TLS', TLS),
  variant('hold50, TLS', { ...TLS, held: 0.5 }),
  variant('alone, forwarding', { ...FORWARD, filter: null }),
  variant('pass, forwarding', FORWARD),
  variant('hold50, forwarding', { ...FORWARD, held: 0.5 }),
  variant('rspamd', { filter: 'rspamd', share: 0.1 }),
  variant('spamassassin', { filter: 'spamassassin', share: 0.02 }),
]
