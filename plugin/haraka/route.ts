// The way a message would have gone: asked for each recipient when it is held, so that a release goes
// the same way; and turned into the destination of Haraka's outbound queue when it is released.
import type { Route } from '../mail.ts'
import { haraka } from './modules.ts'
import type { Address, Connection, Mx, Plugin, Plugins, Transaction } from './types.ts'

/** A section of smtp_forward.ini, lmtp.ini or smtp_proxy.ini. */
interface Section {
  host?: string
  port?: number | string
  path?: string
  forwarding_host_pool?: string
  using_lmtp?: boolean
  auth_type?: string
  auth_user?: string
  auth_pass?: string
  bind?: string
  bind_helo?: string
}

type Sections = Record<string, Section | undefined> & { main: Section }

/** queue/smtp_forward and its likes, as loaded. */
interface QueuePlugin {
  cfg?: Sections
  get_config?(view: {
    transaction: Pick<Transaction, 'mail_from' | 'rcpt_to'> & { notes: Way['notes'] }
  }): Section
  is_outbound_enabled?(section: Section): boolean
}

/** Notes that other plugins route by: `queue.wants` names a queue plugin, `queue.next_hop` is a URL. */
export function routeOf(
  plugin: Plugin,
  connection: Connection,
  transaction: Transaction,
  recipient: Address,
): Route {
  const wanted = transaction.notes.get('queue.wants')
  const wants = typeof wanted === 'string' && wanted !== 'quarantine' ? wanted : null
  const hop = transaction.notes.get('queue.next_hop')
  if (typeof hop === 'string' && hop !== '')
    return { nextHop: withoutPassword(hop), wants, chosen: true }
  const { mail_from, notes } = transaction
  const way = { sender: mail_from, recipient, outgoing: connection.relaying, wants, notes }
  return { nextHop: queueHop(plugin, way), wants }
}

/** Whose mail it is, for the queue plugins that route by that. */
interface Way {
  sender: Address
  recipient: Address
  outgoing: boolean
  wants: string | null
  notes: Pick<Transaction['notes'], 'get'>
}

/** The way that such a message goes today; null: Haraka's get_mx hooks. */
export function hopToday(
  plugin: Plugin,
  way: { sender: string; recipient: string; outgoing: boolean; wants: string | null },
): string | null {
  const { outgoing, wants } = way
  const [sender, recipient] = [way.sender, way.recipient].map((address) => {
    const at = address.lastIndexOf('@')
    const [user, host] = at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)]
    return { user, host: host.toLowerCase(), address }
  })
  return queueHop(plugin, { sender, recipient, outgoing, wants, notes: { get: () => undefined } })
}

/** Credentials are not kept with a message, however they are written; of a pool, none of any member. */
function withoutPassword(hop: string): string {
  const [scheme, rest = ''] = hop.split(/:\/\/(.*)/s, 2)
  const hosts = rest.split(',').flatMap((one) => {
    // Where a password holds what stands for something else in a URL, the host is behind the last `@`.
    const url = urlOf(`${scheme}://${one}`) ?? urlOf(`${scheme}://${behindLast('@', one)}`)
    return url ? [`${url.host}${url.pathname === '/' ? '' : url.pathname}`] : []
  })
  return `${scheme}://${hosts.join(',')}`
}

const urlOf = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null)
const behindLast = (mark: string, text: string): string => text.slice(text.lastIndexOf(mark) + 1)

/** The next hop of the first queue plugin that would take this recipient. */
function queueHop(
  plugin: Plugin,
  { sender, recipient, outgoing, wants, notes }: Way,
): string | null {
  const plugins = haraka<Plugins>(plugin, 'plugins')
  const hooks = plugins.registered_hooks[outgoing ? 'queue_outbound' : 'queue'] ?? []
  for (const { plugin: name } of hooks) {
    const queue = name.replace(/^queue\//, '')
    const loaded: QueuePlugin | undefined = plugins.registered_plugins[name]
    if (!loaded?.cfg || (wants !== null && wants !== queue)) continue
    if (queue === 'smtp_forward' && loaded.get_config) {
      const view = { transaction: { mail_from: sender, rcpt_to: [recipient], notes } }
      const section = loaded.get_config(view)
      if (outgoing && !loaded.is_outbound_enabled?.(section)) continue
      return hopOf(section, 25)
    }
    if (queue === 'lmtp')
      return hopOf({ using_lmtp: true, ...sectionOf(loaded.cfg, recipient) }, 24)
    if (queue === 'smtp_proxy') return hopOf(loaded.cfg.main, 25)
  }
  return null
}

function sectionOf(sections: Sections, { host }: Address): Section {
  return (Object.hasOwn(sections, host) ? sections[host] : undefined) ?? sections.main
}

/** A pool is kept whole: `smtp://a:25,b:25`. */
function hopOf(section: Section, port: number): string {
  const scheme = section.using_lmtp ? 'lmtp' : 'smtp'
  if (section.path) return `${scheme}://localhost${section.path}`
  const pool = section.forwarding_host_pool?.split(',').map((one) => one.trim())
  const hosts = pool?.filter((one) => one !== '') ?? []
  if (hosts.length > 0) return `${scheme}://${hosts.join(',')}`
  return `${scheme}://${bracketed(section.host ?? 'localhost')}:${section.port ?? port}`
}

const bracketed = (host: string): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]` : host

/**
 * Destinations of the outbound queue for a next hop as routeOf gives it. Passwords are not kept with the
 * message: they are looked up again in smtp_forward.ini.
 */
export function destinations(plugin: Plugin, nextHop: string): Mx[] {
  const [scheme, rest] = nextHop.split('://', 2)
  return (rest ?? '').split(',').map((one) => {
    const url = new URL(`${scheme}://${one}`)
    const lmtp = url.protocol === 'lmtp:'
    const mx: Mx = {
      priority: 0,
      exchange: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (lmtp ? 24 : 25),
    }
    if (lmtp) mx.using_lmtp = true
    if (url.pathname.length > 1) mx.path = decodeURIComponent(url.pathname)
    if (url.username !== '') {
      mx.auth_type = 'plain'
      mx.auth_user = decodeURIComponent(url.username)
      mx.auth_pass = decodeURIComponent(url.password)
    }
    return Object.assign(mx, credentials(plugin, mx))
  })
}

const OPTIONS = ['auth_type', 'auth_user', 'auth_pass', 'bind', 'bind_helo'] as const

function credentials(plugin: Plugin, { exchange, port }: Mx): Partial<Mx> {
  const { registered_plugins } = haraka<Plugins>(plugin, 'plugins')
  const forward: QueuePlugin | undefined = registered_plugins['queue/smtp_forward']
  for (const section of Object.values(forward?.cfg ?? {})) {
    if (section?.host !== exchange || Number(section.port ?? 25) !== port) continue
    return Object.fromEntries(
      OPTIONS.flatMap((key) => (section[key] === undefined ? [] : [[key, section[key]]])),
    )
  }
  return {}
}
