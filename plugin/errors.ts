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
  /** User name or password. */
  | 'wrong-login'
  /** Not over a connection that others can read. */
  | 'insecure'
  /** Its bytes are coded in a way that nobody here knows. */
  | 'undecodable'
  /** Not now; the same request may do later. */
  | 'busy'

/** Their request: understood, but not to be done. The message is a sentence for people. */
export class Refused extends Error {
  override name = 'Refused'
  readonly kind: RefusedKind
  constructor(kind: RefusedKind, sentence: string) {
    super(sentence)
    this.kind = kind
  }
}
