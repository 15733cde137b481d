// Errors say whose fault it was; everything that is neither of these is ours.

/** Their syntax: the bytes do not follow the grammar of the protocol. IMAP answers BAD. */
export class Bad extends Error {
  override name = 'Bad'
}

/** Response codes a refusal can carry: RFC 9051 §7.1, RFC 5530 §3, RFC 9208 §4.4. */
export type RefusedCode =
  | 'CANNOT'
  | 'NOPERM'
  | 'LIMIT'
  | 'OVERQUOTA'
  | 'TRYCREATE'
  | 'NONEXISTENT'
  | 'ALREADYEXISTS'
  | 'AUTHENTICATIONFAILED'
  | 'PRIVACYREQUIRED'
  | 'UNAVAILABLE'
  | 'INUSE'
  | 'EXPUNGEISSUED'
  | 'CLIENTBUG'
  | 'TOOBIG'
  | 'HASCHILDREN'
  | 'UNKNOWN-CTE'
  | 'BADCHARSET'
  | 'NOTSAVED'

/** Their request: understood, but not to be done. The message is a sentence for people. */
export class Refused extends Error {
  override name = 'Refused'
  readonly code: RefusedCode
  constructor(code: RefusedCode, sentence: string) {
    super(sentence)
    this.code = code
  }
}
