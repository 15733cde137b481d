// What the front may take in memory, as a sum of its limits: whoever attacks it with all that there is at one time gets
// no more. Each stands where it is kept to; here they meet. Above their sum the front is started anew (watchdog.ts).
import type { Config } from '../config.ts'
import { limits as httpLimits } from '../http/limits.ts'
import {
  DOCUMENTS_OCTETS,
  HEAP_MB as PREVIEW_HEAP_MB,
  THREADS as PREVIEW_THREADS,
} from '../http/preview/previews.ts'
import { HEAP_MB } from '../imap/reader/readers.ts'
import { limits } from '../imap/wire/index.ts'
import { PASSWORD_MEMORY } from '../quarantine/accounts/password.ts'
import { KEPT_MAX } from '../store/blob-reader.ts'
import { threadsMax } from '../threads/pool.ts'

export interface Part {
  /** What takes it. */
  readonly what: string
  readonly octets: number
}

const MiB = 2 ** 20
const KiB = 1024

/** Node.js, our code, the model and the lists of a middling server; more masks take more (docs/kernel.md). */
const BASE = 160 * MiB
/** Of a connection that does nothing: sockets, TLS, and objects. Not counted by account. */
const CONNECTION = 64 * KiB
/** Of a connection at work: what comes with one read, and an answer below what is counted. */
const WORKING = 64 * KiB + limits.FETCH_MADE + limits.OUTPUT_COUNTED
/** Connections that are at work in one turn of the loop or wait for a piece each; the others are silent. */
const AT_WORK = 256

/** The plugins that are there. */
const ALL = { http: true }

/** The parts of the bound for a configuration. */
export function memoryParts(config: Config, serving = ALL): Part[] {
  const { imap } = config
  return [
    ...(serving.http ? httpParts(config) : []),
    { what: 'the process itself, model and lists', octets: BASE },
    { what: 'idle connections (imap.max_connections)', octets: imap.max_connections * CONNECTION },
    {
      what: 'pieces of connections at work',
      octets: Math.min(AT_WORK, imap.max_connections) * WORKING,
    },
    { what: 'what sessions hold, counted by account', octets: limits.SESSIONS_MEMORY },
    { what: 'what strangers hold, counted by network', octets: limits.STRANGERS_MEMORY },
    // A literal grows by doubling; a message is parsed and decoded while it is read. One at a time.
    { what: 'the message that is being read or written', octets: 3 * imap.append_limit },
    { what: 'large messages that were read last', octets: KEPT_MAX },
    { what: 'passwords that are being hashed', octets: PASSWORD_MEMORY },
    // Each with the message it reads, and the one that is handed over.
    {
      what: 'threads that read messages',
      octets: threadsMax() * (HEAP_MB * MiB + 2 * imap.append_limit),
    },
  ]
}

const HTTP_AT_ONCE = httpLimits.AT_ONCE_ALL + httpLimits.AT_ONCE_STRANGERS

function httpParts({ http, imap }: Config): Part[] {
  return [
    {
      what: 'idle HTTP connections (http.max_connections)',
      octets: 2 * http.max_connections * CONNECTION,
    },
    { what: 'what HTTP requests hold, counted by account', octets: httpLimits.HELD },
    { what: 'the same of strangers, counted by network', octets: httpLimits.HELD_STRANGERS },
    { what: 'answers over HTTP that are not counted', octets: HTTP_AT_ONCE * httpLimits.UNCOUNTED },
    { what: 'documents of messages that wait to be fetched', octets: DOCUMENTS_OCTETS },
    {
      what: 'threads that prepare messages for people',
      octets: PREVIEW_THREADS * (PREVIEW_HEAP_MB * MiB + 2 * imap.append_limit),
    },
  ]
}

/** Octets that the front takes at most. */
export function memoryBound(config: Config, serving = ALL): number {
  return memoryParts(config, serving).reduce((sum, { octets }) => sum + octets, 0)
}

/** Octets at which it is ended and started anew. */
export function memoryLimit(config: Config, serving = ALL): number {
  return config.front.memory_mb * MiB || memoryBound(config, serving)
}

/** A sentence where the configured memory is below what the limits allow; null where it will do. */
export function memoryAdvice(config: Config, serving = ALL): string | null {
  const needed = Math.ceil(memoryBound(config, serving) / MiB)
  const { memory_mb } = config.front
  if (memory_mb === 0 || needed <= memory_mb) return null
  return (
    `front.memory_mb (${memory_mb}) is below what mail clients can take at one time (${needed}): an attack ends the ` +
    'process that serves people. Raise it, or lower imap.max_connections or imap.append_limit'
  )
}
