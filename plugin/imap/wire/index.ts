// The public surface of wire/: grammar and limits of IMAP4rev1 (RFC 3501) and IMAP4rev2 (RFC 9051).
export * as limits from './limits.ts'
export * from './reader.ts'
export * from './receiver.ts'
export * from './sets.ts'
export * from './utf7.ts'
export * from './writer.ts'
