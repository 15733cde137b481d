// Every limit of the IMAP server, each with its reason. Sizes in bytes, times in milliseconds.
import { MINUTE, SECOND } from '../../time.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** What one command may cost the receiver; `BEFORE_LOGIN` and `AFTER_LOGIN` are the two in use. */
export interface ReceiverLimits {
  /** one line up to its LF */
  readonly line: number
  /** all lines of one command together */
  readonly text: number
  /** one literal of any command but APPEND */
  readonly literal: number
  /** all literals of one command but APPEND */
  readonly literals: number
  /** one literal of APPEND: what APPENDLIMIT announces (RFC 7889) */
  readonly append: number
  /** all literals of one (MULTI)APPEND: they are held in memory until the command is whole */
  readonly appends: number
  /** one non-synchronizing literal (RFC 7888) */
  readonly nonSync: number
  /** how much of a refused non-synchronizing literal is read and thrown away; more closes */
  readonly skip: number
  /** literals in one command */
  readonly parts: number
}

/** Haraka's own default for a message is 25 MB; two of those, so that what was caught fits back. */
export const APPEND_MAX = 50 * MiB

/** Strangers get little: a LOGIN with two literals, an AUTHENTICATE, an ID. */
export const BEFORE_LOGIN: ReceiverLimits = {
  line: 16 * KiB, // an initial response of SASL fits; RFC 9051 §4 asks for 8192 at least
  text: 32 * KiB,
  literal: 4 * KiB, // a user name, a password, an ID value
  literals: 16 * KiB,
  append: 4 * KiB, // no APPEND before login: not worth more than the others
  appends: 16 * KiB,
  nonSync: 4 * KiB, // what LITERAL- allows (RFC 7888 §5)
  skip: 64 * KiB, // a stranger who sends more is cut off
  parts: 1024, // an ID list may put every name and value into a literal; `literals` and `text` bound it
}

export const AFTER_LOGIN: ReceiverLimits = {
  line: 64 * KiB, // a set of 8,000 UIDs fits; Dovecot's default too
  text: 1 * MiB, // a MULTIAPPEND of thousands of messages with flags and dates
  literal: 64 * KiB, // search strings and mailbox names
  literals: 256 * KiB,
  append: APPEND_MAX,
  appends: 2 * APPEND_MAX, // a MULTIAPPEND is atomic, so all of it is in memory at once
  nonSync: APPEND_MAX, // LITERAL+: Thunderbird and imapflow append this way
  skip: 256 * MiB, // reading costs us no memory, and the client gets NO [TOOBIG] instead of a cut
  parts: 4096,
}

/** An over-long line is thrown away up to here, then the connection is closed. */
export const LINE_SKIP_MAX = 1 * MiB

/** A tag is echoed in every tagged response; clients use under 20. */
export const TAG_MAX = 128

/** A command or item name; the longest known is under 30. */
export const NAME_MAX = 64

/** Nested parentheses, NOT and OR of SEARCH: no client nests by hand, and recursion needs a bound. */
export const DEPTH_MAX = 32

/** Ranges in one sequence set: more than fit in a line of 64 KiB cannot come. */
export const SET_MAX = 32 * KiB

/** Search keys in one SEARCH: imapsync-like scripts OR some hundred Message-IDs together. */
export const SEARCH_KEYS_MAX = 2000

/** Items in one FETCH: all known items ten times over. */
export const FETCH_ITEMS_MAX = 256

/** Names in one HEADER.FIELDS list: Outlook asks for about 40, Apple Mail for 20. */
export const HEADER_FIELDS_MAX = 512

/** Numbers in one section path: deeper than any MIME tree that mime/ would descend into. */
export const SECTION_PATH_MAX = 128

/** Flags in one list, and bytes in one keyword: keywords are kept forever. */
export const FLAGS_MAX = 128
export const FLAG_LENGTH_MAX = 255

/** Patterns in one LIST, and UTF-16 units in one: matching costs pattern times name. */
export const LIST_PATTERNS_MAX = 64
export const LIST_PATTERN_LENGTH_MAX = 1024

/** UTF-16 units of a mailbox name: what file systems of other servers could hold. */
export const MAILBOX_LENGTH_MAX = 1024

/** Event groups of one NOTIFY and mailboxes in one group. */
export const NOTIFY_GROUPS_MAX = 64
export const NOTIFY_MAILBOXES_MAX = 512

/** Changes that a client of NOTIFY may be behind: then it has to ask anew (RFC 5465 §5.8). */
export const NOTIFY_BEHIND_MAX = 50_000

/** Own changes that are remembered so as not to tell them: of one pipeline. */
export const NOTIFY_OWN_MAX = 10_000

/** One line of a SASL exchange: RFC 9051 §6.2.2 gives no limit, RFC 4954 §4 names 12288 for SMTP. */
export const SASL_LINE_MAX = 12 * KiB

/** Bytes of a human-readable text in a response: fits a line of 1000 with tag and code. */
export const RESPONSE_TEXT_MAX = 800

/**
 * What sessions hold in one process: what of commands has come, answers that wait for their client, views of folders,
 * compression. One account gets half of it at most (plugin/budget.ts): a MULTIAPPEND of 2 * APPEND_MAX fits.
 */
export const SESSIONS_MEMORY = 256 * MiB

/** The same before login, by network: BEFORE_LOGIN allows 48 KiB each, so a network's 50 connections fit six times. */
export const STRANGERS_MEMORY = 32 * MiB

/** Of a compressed connection: zlib's windows, (1 << 17) + (1 << 17) for deflate and (1 << 15) + 7 KiB for inflate. */
export const COMPRESS_MEMORY = 304 * KiB

/** Octets of a message in the view of a selected folder: UID, MODSEQ, flags, keywords. */
export const VIEW_ROW = 16

/** Octets that wait for a client to read them, from which they are counted. */
export const OUTPUT_COUNTED = 16 * KiB

/** Larger messages are read from the store as their client takes them; smaller ones are soon sent. */
export const FETCH_IN_MEMORY = 256 * KiB

/** A larger message is a file, and whatever takes longer with its size is read by threads or in pieces. */
export const READ_AT_ONCE = 1 * MiB

/** Octets of FETCH that go to the socket at one time, and wait until it has taken those before. */
export const PIECE = 256 * KiB

/** What FETCH has made of messages and not sent, from which it is counted against the account. */
export const FETCH_MADE = 64 * KiB

/**
 * Octets of one FETCH response: as many times those of the message, and some for what is short. All of BODY[], of
 * its parts and of these decoded are three; more is the same again and again.
 */
export const FETCH_TIMES = 8
export const FETCH_SPARE = 1 * MiB

/** Lines of an answer are handed to the socket in pieces of about this size. */
export const ANSWER_PIECE = 64 * KiB

/** Bytes written but not yet taken by the socket, above which the session waits for `drain`. */
export const OUTPUT_HIGH_WATER = 256 * KiB

/** Bad commands in a row before the connection is closed: it does not speak IMAP. */
export const BAD_COMMANDS_MAX = 20

/** RFC 9051 §5.4: at least 30 minutes after login; clients renew IDLE every 29. */
export const IDLE_TIME = 31 * MINUTE

/** Before login nobody needs to think for longer; a mail client's password prompt is not online. */
export const LOGIN_TIME = 60 * SECOND

/** A command or literal that was begun must go on: half-open connections and slow writers. */
export const COMMAND_TIME = 5 * MINUTE

/** A client that takes nothing of a pending response for so long is gone. */
export const WRITE_TIME = 5 * MINUTE

/** Failed logins on one connection before it is closed. */
export const AUTH_FAILURES_PER_CONNECTION = 3

/** Answer to a wrong password waits so long, doubled for each further one, up to the second. */
export const AUTH_DELAY = 1 * SECOND
export const AUTH_DELAY_MAX = 15 * SECOND

/** Bytes a COMPRESS=DEFLATE client may inflate to before the session has parsed them. */
export const INFLATE_CHUNK = 64 * KiB
