// Reader of one command: the cursor, and the values that most commands share.
import { Bad, Refused } from '../../errors.ts'
import * as chars from './chars.ts'
import { Cursor, decode } from './cursor.ts'
import { readDate, readDateTime, type DateTime } from './dates.ts'
import { FLAG_LENGTH_MAX, FLAGS_MAX, MAILBOX_LENGTH_MAX } from './limits.ts'
import type { Received } from './step.ts'
import { readSet, readSetOrSaved, type SAVED, type SequenceSet } from './sets.ts'
import { decodeUtf7 } from './utf7.ts'

const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft', '\\Recent']

export interface ReaderOptions {
  /** UTF8=ACCEPT or IMAP4rev2 is enabled: mailbox names are UTF-8, not modified UTF-7 */
  readonly utf8?: boolean
}

/** INBOX in any case is INBOX (RFC 9051 §5.1). */
function withInbox(name: string): string {
  return name.toUpperCase() === 'INBOX' ? 'INBOX' : name
}

/** Reads the arguments of a command; stands behind its name at first. */
export class Reader extends Cursor {
  readonly #utf8: boolean

  constructor(command: Pick<Received, 'parts' | 'at'>, options: ReaderOptions = {}) {
    super(command.parts, command.at)
    this.#utf8 = options.utf8 ?? false
  }

  /**
   * Name of an existing mailbox, decoded. What is no modified UTF-7 is taken as it stands, so that
   * a script's `"Release & Train"` finds its folder.
   */
  mailbox(): string {
    return this.#mailbox(chars.ASTRING, (raw) => decodeUtf7(raw) ?? raw)
  }

  /** Name for a mailbox to be made; what is not valid modified UTF-7 is refused. */
  newMailbox(): string {
    return this.#mailbox(chars.ASTRING, (raw) => {
      const name = /[^\x20-\x7e]/.test(raw) ? raw : decodeUtf7(raw)
      if (name === undefined) {
        throw new Refused(
          'invalid',
          "The mailbox name is not valid modified UTF-7, write '&' as '&-'",
        )
      }
      return name
    })
  }

  /** list-mailbox: a name in which `%` and `*` may stand bare, decoded. */
  listMailbox(): string {
    return this.#mailbox(chars.LISTED, (raw) => decodeUtf7(raw) ?? raw)
  }

  #mailbox(bits: number, fromUtf7: (raw: string) => string): string {
    const position = this.position
    const bytes = this.takeString()
    const raw = bytes === undefined ? this.run(bits) : decode(bytes, position)
    if (bytes === undefined && raw === '') throw this.bad('a mailbox name')
    const name = withInbox(this.#utf8 ? raw : fromUtf7(raw))
    if (name.length > MAILBOX_LENGTH_MAX) {
      throw new Bad(`The mailbox name at position ${position} is too long`)
    }
    return name
  }

  /** flag: system flags in their usual spelling, keywords as written. */
  flag(): string {
    const backslash = this.take('\\') ? '\\' : ''
    const flag = backslash + this.atom('a flag')
    if (flag.length > FLAG_LENGTH_MAX) throw new Bad('A flag is too long')
    if (!backslash) return flag
    return SYSTEM_FLAGS.find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag
  }

  /** flag-list: `()` or `(\Seen $Junk)`. */
  flagList(): string[] {
    const flags: string[] = []
    this.list(() => flags.push(this.flag()), { max: FLAGS_MAX, empty: true })
    return flags
  }

  set(): SequenceSet {
    return readSet(this)
  }

  /** Set, or `$` for the saved search result. */
  setOrSaved(): SequenceSet | typeof SAVED {
    return readSetOrSaved(this)
  }

  /** Days since 1970-01-01. */
  date(): number {
    return readDate(this)
  }

  dateTime(): DateTime {
    return readDateTime(this)
  }
}
