// Every kind of refusal has the response code that clients know.
import { expect, test } from 'vitest'
import { Refused, type RefusedKind } from '../../../plugin/errors.ts'
import { answerTo } from '../../../plugin/imap/connection/refusal.ts'
import { ImapRefused, Writer } from '../../../plugin/imap/wire/index.ts'

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
  'over-quota': 'OVERQUOTA',
  'wrong-login': 'AUTHENTICATIONFAILED',
  insecure: 'PRIVACYREQUIRED',
  undecodable: 'UNKNOWN-CTE',
  busy: 'UNAVAILABLE',
  damaged: 'CORRUPTION',
  full: 'UNAVAILABLE',
}

function said(error: Error): string {
  const writer = new Writer()
  const { code, text } = answerTo(error, 'f00')
  writer.tagged('a').no(text, code)
  return Buffer.concat(writer.take()).toString('latin1')
}

test.each(Object.entries(CODES))('%s is %s', (kind, code) => {
  expect(said(new Refused(kind as RefusedKind, 'No.'))).toBe(`a NO [${code}] No.\r\n`)
})

test('what only IMAP knows', () => {
  expect(said(new ImapRefused('TRYCREATE', 'Not here.'))).toBe('a NO [TRYCREATE] Not here.\r\n')
  expect(said(new ImapRefused('BADCHARSET', 'Unknown.'))).toBe(
    'a NO [BADCHARSET (US-ASCII UTF-8)] Unknown.\r\n',
  )
})

test('what is no refusal is ours, and found in the log', () => {
  expect(said(new Error('oops'))).toBe(
    'a NO [SERVERBUG] Something went wrong on the server; see its log, entry f00.\r\n',
  )
})
