// Refusals as IMAP says them: the response code of each kind (RFC 9051 §7.1, RFC 5530 §3, RFC 9208 §4.4).
import { Refused, type RefusedKind } from '../../errors.ts'
import type { Code } from './writer.ts'

const CODES: Record<RefusedKind, string> = {
  invalid: 'CANNOT',
  impossible: 'CANNOT',
  'not-allowed': 'NOPERM',
  'not-found': 'NONEXISTENT',
  exists: 'ALREADYEXISTS',
  'not-empty': 'HASCHILDREN',
  conflict: 'CANNOT',
  limit: 'LIMIT',
  'too-large': 'TOOBIG',
  'over-quota': 'OVERQUOTA', // RFC 9208 §4.3
  'wrong-login': 'AUTHENTICATIONFAILED',
  insecure: 'PRIVACYREQUIRED',
  undecodable: 'UNKNOWN-CTE', // RFC 3516 §4.3
  busy: 'UNAVAILABLE',
  damaged: 'CORRUPTION', // RFC 5530 §3
  full: 'UNAVAILABLE', // RFC 5530 §3: something that will pass, and not the quota of the account
}

/** What `[BADCHARSET (...)]` lists; every other charset that TextDecoder knows works too. */
const CHARSETS = ['US-ASCII', 'UTF-8'] as const

/** A refusal that only IMAP knows. */
export class ImapRefused extends Refused {
  readonly code: 'TRYCREATE' | 'BADCHARSET'
  constructor(code: 'TRYCREATE' | 'BADCHARSET', sentence: string) {
    super(code === 'TRYCREATE' ? 'not-found' : 'invalid', sentence)
    this.code = code
  }
}

/** The response code of a refusal. */
export function codeOf(refused: Refused): Code {
  if (!(refused instanceof ImapRefused)) return CODES[refused.kind]
  if (refused.code === 'TRYCREATE') return refused.code
  // RFC 9051 §7.1: BADCHARSET tells which are known
  return (w) => w.atom('BADCHARSET').list(CHARSETS, (charset) => w.astring(charset))
}
