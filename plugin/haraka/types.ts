// What this plugin uses of Haraka 3: the shapes of its objects, and its return codes. Haraka has no
// types of its own.

import type { Writable } from 'node:stream'

/** haraka-constants: what a hook answers. */
export const CODE = { cont: 900, deny: 902, denysoft: 903, ok: 906 } as const

/** Answers a hook, once. `message`: for the SMTP client, or what the hook is defined to take. */
export type Next = (code?: number, message?: unknown) => void

export interface Address {
  user: string
  host: string
  /** A getter in Haraka 3.3, a method before. */
  address: string | (() => string)
}

/** haraka-notes: an object with dotted paths. */
export interface Notes {
  [name: string]: unknown
  get(path: string): unknown
  set(path: string, value: unknown): void
}

/** haraka-results: what plugins found. */
export interface Results {
  get(plugin: string): Record<string, unknown> | undefined
  get_all(): Record<string, Record<string, unknown>>
  add(plugin: { name: string }, result: Record<string, unknown>): void
}

export interface Header {
  /** Whole fields, folds and line ends included. */
  header_list: string[]
  headers: Record<string, string[]>
  headers_decoded: Record<string, string[]>
  get(name: string): string
}

/** haraka-message-stream: the message as Haraka passes it on. */
export interface MessageStream {
  constructor: new (
    cfg: { main: { spool_after: number; spool_dir: string } },
    id: string,
    headers: string[],
  ) => MessageStream
  on(event: 'error', listener: (error: Error) => void): unknown
  listeners(event: 'error'): ((error: Error) => void)[]
  /** Octets that came. */
  total_buffered: number
  /** The transaction is over: removes its file. */
  destroy(): void
}

export interface Transaction {
  uuid: string
  mail_from: Address
  rcpt_to: Address[]
  notes: Notes
  results: Results
  header: Header
  /** Lines of the header as they come in, Haraka's own trace field first. */
  header_lines?: string[]
  /** What became of it: `accepted`, `deferred`, `rejected`; nothing yet. */
  msg_status?: string
  message_stream: MessageStream
  /** The line between header and body has come. */
  found_hb_sep: boolean
  /** The header was changed: the body begins elsewhere. */
  reset_headers(): void
  /** Takes one line, dot-stuffed, with its line end. */
  add_data(line: Buffer | string): void
  add_header(name: string, value: string): void
}

export interface Connection {
  uuid: string
  transaction: Transaction | null
  results: Results
  notes: Notes
  relaying: boolean
  tls: { enabled: boolean }
  hello?: { verb: string | null; host: string | null }
  remote?: { ip: string | null; host: string | null }
  /** Says who logged in, for a trace field. */
  authheader?: string
  client: { pause(): void; resume(): void }
  /** Value of the trace field of this transaction. */
  received_line(): string
  /** Bytes that came in and were not taken yet. */
  current_data: Buffer | null
  /** The end of the message has come, and nothing was answered yet. */
  awaiting_data_reply?: boolean
  /** Takes what the socket read. */
  process_data(chunk: Buffer): void
  /** Answers a message that was taken; `said`: by whoever queued it. */
  queue_ok_respond(code: number, message: unknown, said: unknown): void
  loginfo(plugin: { name: string }, message: string): void
  lognotice(plugin: { name: string }, message: string): void
  logerror(plugin: { name: string }, message: string): void
}

/** An address as it stands in a queue file. */
export interface QueuedAddress {
  original: string
  original_host: string
  host: string
  user: string
  is_utf8?: true
}

/** A recipient of a queue file; the outbound client adds what the next hop said. */
export interface QueuedRecipient extends QueuedAddress {
  reason?: string
  dsn_smtp_code?: string
  dsn_smtp_extc?: string
  dsn_smtp_response?: string
  dsn_action?: string
  dsn_status?: string
  dsn_msg?: string
}

export interface Todo {
  queue_time: number
  domain: string
  rcpt_to: QueuedRecipient[]
  mail_from: QueuedAddress
  notes: Record<string, unknown>
  uuid: string
  force_tls: boolean
  message_stream: { pipe(to: Writable): unknown }
}

/** outbound/hmail.js: one file of the outbound queue. */
export interface HMail {
  path: string
  filename: string
  todo: Omit<Todo, 'message_stream' | 'notes'> & { notes: Notes }
  data_stream(): NodeJS.ReadableStream
  /** Destinations that were not tried yet. */
  mxlist?: Mx[]
  /** Tries the next of the destinations; none is left: deferred. */
  try_deliver(): Promise<void>
  try_deliver_host_on_socket(mx: Mx, host: string, port: number, socket: HopSocket): void
  /** Ends it as failed: the bounce hook, then a bounce message unless that answers. */
  bounce(reason: string): void
}

/** A connection to a next hop; 'line' gives each line of a reply. */
export interface HopSocket {
  readonly destroyed: boolean
  write(data: string | Uint8Array, ...rest: unknown[]): boolean
  on(event: 'line', listener: (line: string) => void): unknown
  prependListener(event: 'error' | 'close', listener: (error: unknown) => void): unknown
  listenerCount(event: string): number
  emit(event: string, ...values: unknown[]): boolean
  destroy(error?: Error): unknown
  setTimeout(ms: number): unknown
  /** ms without a word after which it is given up. */
  readonly timeout?: number
}

export interface Outbound {
  delivery_queue: { push(hmail: HMail): void }
  /** Writes and syncs one queue file; adds it to `hmails`, its path to `paths`. */
  process_delivery(paths: string[], todo: Todo, hmails: HMail[]): Promise<void>
}

export interface Mx {
  priority: number
  exchange: string
  port: number
  using_lmtp?: boolean
  path?: string
  auth_type?: string
  auth_user?: string
  auth_pass?: string
  bind?: string
  bind_helo?: string
}

/** The plugins that Haraka loaded, and their hooks in the order in which they run. */
export interface Plugins {
  /** The server that runs; none where plugins are only looked at. */
  server?: Server
  registered_plugins: Record<string, object | undefined>
  registered_hooks: Record<string, RegisteredHook[] | undefined>
}

export interface RegisteredHook {
  plugin: string
  method: string
}

export interface Server {
  cfg?: {
    main: {
      nodes?: number | string
      daemonize?: boolean
      user?: string | number
      group?: string | number
    }
  }
  config: { root_path: string }
  listeners?: { address(): string | { address: string; port: number; family: string } | null }[]
}

/** logger.js */
export interface Logger {
  readonly LOGNOTICE: number
  would_log(level: number): boolean
}

export interface Plugin {
  name: string
  config: { get(file: string, ...rest: unknown[]): unknown }
  haraka_require(name: string): unknown
  register_hook(hook: string, method: string, priority?: number): void
  loginfo(message: string): void
  logerror(message: string): void
  lognotice(message: string): void
  logwarn(message: string): void
}

/** connection.js: its configuration, connection.ini. */
export interface Connections {
  cfg?: {
    main?: { spool_after?: unknown }
    max?: { bytes?: number }
    headers?: { add_received?: boolean }
  }
}

export function addressOf(address: Address): string {
  return typeof address.address === 'function' ? address.address() : address.address
}

/** A reply that carries its own SMTP code: Haraka knows such an object by the name of its class. */
export class DSN {
  readonly code: number
  readonly reply: string
  constructor(code: number, reply: string) {
    this.code = code
    this.reply = reply
  }
  toString(): string {
    return this.reply
  }
}
