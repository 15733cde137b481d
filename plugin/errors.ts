// Errors say whose fault it was; everything that is neither of these is ours.

/** Their syntax: the bytes do not follow the grammar of the protocol. IMAP answers BAD. */
export class Bad extends Error {
  override name = 'Bad'
}

/**
 * Why a request is refused, in words of the quarantine. What a protocol calls it is the protocol's business:
 * IMAP's response codes stand in imap/wire/refusal.ts.
 */
export type RefusedKind =
  /** What was given is no value of its kind: a mask, a name, a password, a setting. */
  | 'invalid'
  /** Well said, but this cannot be done with this thing, whoever asks. */
  | 'impossible'
  /** Somebody else might do it. */
  | 'not-allowed'
  /** It is not there, or not for this login: they look the same. */
  | 'not-found'
  | 'exists'
  /** Something still lies in it. */
  | 'not-empty'
  /** It was otherwise by the time it was to be done. */
  | 'conflict'
  /** As many as there can be. */
  | 'limit'
  | 'too-large'
  /** The space of this account is used up. */
  | 'over-quota'
  /** User name or password. */
  | 'wrong-login'
  /** Not over a connection that others can read. */
  | 'insecure'
  /** Its bytes are coded in a way that nobody here knows. */
  | 'undecodable'
  /** Not now; the same request may do later. */
  | 'busy'
  /** The disk no longer has what was put there. */
  | 'damaged'
  /** There is no room for it. */
  | 'full'

/**
 * Their request: understood, but not to be done. The message is a sentence for people; `cause` is set where it was a
 * fault of ours, which is logged.
 */
export class Refused extends Error {
  override name = 'Refused'
  readonly kind: RefusedKind
  constructor(kind: RefusedKind, sentence: string) {
    super(sentence)
    this.kind = kind
  }
}

/** Nothing can be kept or changed at the moment, whoever asks; what is there can be read (docs/cluster.md). */
export class Unavailable extends Refused {
  constructor(sentence: string) {
    super('busy', sentence)
  }
}

/**
 * The data on this machine cannot be used as they are, and no further try mends it: the message says what is wrong, with
 * what, and what to do.
 */
export class DataError extends Error {
  override name = 'DataError'
  readonly code: string = 'DATA'
}

/** For what goes through many messages: null for one that is damaged on disk, and what `read` answers else. */
export function unlessDamaged<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Refused && error.kind === 'damaged') return null
    throw error
  }
}
