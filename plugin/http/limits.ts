// Every limit of HTTP, each with its reason.

const KiB = 1024
const MiB = 1024 * KiB

export const limits = {
  /** Octets of a request's header: a URL with a search and a cursor, and a token. */
  HEADER_MAX: 16 * KiB,
  HEADERS_MAX: 100,
  /** ms in which a header, and a whole request, has to come: a slow one holds a connection. */
  HEADER_MS: 10_000,
  REQUEST_MS: 60_000,
  /** ms for which a connection may wait for its next request. */
  IDLE_MS: 20_000,
  CHECK_MS: 2000,
  /** Octets of a body: 500 items, or some thousand masks. */
  BODY_MAX: 256 * KiB,
  /** Octets of a list that is imported in one request; larger ones are the command's. */
  IMPORT_MAX: 4 * MiB,
  /** Requests of one account, or of one network address without a login, that are answered at one time. */
  AT_ONCE: 16,
  /** The same of all accounts, and of all networks without a login: each gets as many as are left for the others. */
  AT_ONCE_ALL: 192,
  AT_ONCE_STRANGERS: 64,
  /** Octets of their bodies and of answers that are not sent, shared in the same way: half is an attachment of 50 MB. */
  HELD: 96 * MiB,
  HELD_STRANGERS: 8 * MiB,
  /** A body is kept as it came, as a text and as what was read of it; a text that is answered also as octets. */
  BODY_TIMES: 3,
  ANSWER_TIMES: 2,
  /** Octets that a piece of a body takes besides its own. */
  PIECE: 256,
  /** Octets of an answer that comes in pieces: two of them wait. */
  STREAMED: 512 * KiB,
  /** An answer up to here is soon sent. */
  UNCOUNTED: 16 * KiB,
  /** ms after which a client that takes nothing of its answer is gone; the same as IMAP's. */
  WRITE_MS: 5 * 60_000,
  /** Streams of events of one account: tabs and phones of a person, and programs. */
  STREAMS: 10,
  /** Octets that a stream may have unsent before its client is too slow. */
  STREAM_UNSENT: 256 * KiB,
  /** ms between two signs of life of a stream, below the time-outs of proxies. */
  STREAM_BEAT_MS: 25_000,
  /** Items in one batch. */
  BATCH: 500,
  /** Masks in one change of a list: it is one decision, of 10 µs each; longer lists are imported, in steps. */
  MASKS: 2000,
} as const
