/**
 * A value that an IMAP response carries, without its spelling: the writer of the protocol decides
 * between quoted string and literal, and writes `null` as NIL and an array as a parenthesised list.
 * A string is latin1: one character, one byte.
 */
export type Wire = string | number | null | Buffer | Wire[]
