// What a receiver gives: a command, or what has to be done before there is one.

/** A piece of a command: text of a line without its literal header and line end, or a literal. */
export type Part =
  | { readonly kind: 'text'; readonly bytes: Buffer }
  | { readonly kind: 'literal'; readonly bytes: Buffer; readonly binary: boolean }

/** A command, or its start: arguments begin at byte `at` of the first part, which is text. */
export interface Received {
  readonly tag: string
  /** upper case, "UID FETCH" for UID forms */
  readonly name: string
  readonly at: number
  readonly parts: readonly Part[]
}

export type Step =
  /** nothing to do before more is pushed */
  | { readonly kind: 'bytes' }
  /**
   * A literal is announced; `accept()` or `refuse()` must follow. A synchronizing one waits for the
   * session to write `+ ...` (accept) or a tagged NO or BAD (refuse). `start` is the command so far.
   */
  | {
      readonly kind: 'literal'
      readonly size: number
      readonly sync: boolean
      /** literal8, `~{n}` (RFC 3516, RFC 6855) */
      readonly binary: boolean
      readonly start: Received
    }
  /** a whole command */
  | { readonly kind: 'command'; readonly command: Received }
  /** one line without its end, in `mode` 'line' */
  | { readonly kind: 'line'; readonly bytes: Buffer }
  /** Answer `tag BAD reason`, or `tag NO [code] reason` with a code; `close` then ends it. */
  | {
      readonly kind: 'bad'
      readonly tag: string
      readonly reason: string
      readonly code?: 'TOOBIG' | 'UNAVAILABLE'
      readonly close: boolean
    }

/** A refusal by the receiver. */
export function bad(
  tag: string,
  reason: string,
  more: { code?: 'TOOBIG' | 'UNAVAILABLE'; close?: boolean } = {},
): Step & { kind: 'bad' } {
  return { kind: 'bad', tag, reason, code: more.code, close: more.close ?? false }
}
