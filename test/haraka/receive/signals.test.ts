// What other plugins found, as signals and as proofs.
import { describe, expect, test } from 'vitest'
import { proofs, signals } from '../../../plugin/haraka/receive/signals.ts'
import { provesAuthor, UNPROVEN } from '../../../plugin/filter/proofs.ts'
import { authorsOf } from '../../../plugin/mime/authors.ts'
import { parseHeader } from '../../../plugin/mime/headers.ts'
import { proofsAreChecked } from '../../../plugin/quarantine/lists/query.ts'
import { connectionWith, type Found } from '../objects.ts'

describe('signals', () => {
  test('are kinds of findings: sorted, once each, no address and no id', () => {
    const { connection, transaction } = connectionWith(
      {
        spf: { scope: 'helo', result: 'Pass', domain: 'x.example' },
        fcrdns: { pass: [], fail: ['ptr_valid(host.example)'] },
        'dns-list': { pass: ['list.dnswl.example'], fail: ['zen.example', 'bl.example'] },
        geoip: { country: 'DE', human: 'DE, Berlin' },
        karma: { score: -7.4 },
      },
      {
        spf: { scope: 'mfrom', result: 'SoftFail', domain: 'sender.example' },
        dkim: { pass: ['sender.example'], fail: [] },
        clamd: { fail: ['Eicar'], pass: [] },
        uribl: { fail: ['rdns/bad.example/multi.example'] },
        headers: { fail: ['missing:Date', 'from_match(a@b.example)'] },
        rspamd: { score: 100 },
      },
    )
    expect(signals(connection, transaction)).toEqual([
      'clamd=fail',
      'country=de',
      'dkim=pass',
      'dns-list-pass=list.dnswl.example',
      'dns-list=bl.example',
      'dns-list=zen.example',
      'fcrdns-fail=ptr_valid',
      'fcrdns=fail',
      'headers=from_match',
      'headers=missing',
      'karma=-6',
      'rspamd=15',
      'spf-helo=pass',
      'spf=softfail',
      'tls=yes',
      'uribl=multi.example',
    ])
  })

  test('are bounded in number and length, whatever the plugins found', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `${i}${'x'.repeat(500)}\r\n\0`)
    const { connection, transaction } = connectionWith({ 'dns-list': { fail: many } }, {})
    const found = signals(connection, transaction)
    expect(found).toHaveLength(64)
    for (const one of found) expect(one).toMatch(/^[a-z-]+=[a-z0-9._-]{1,48}$/)
  })
})

describe('authenticated', () => {
  const raw = (from: string): Buffer => Buffer.from(`From: ${from}\r\n\r\n`)
  const dkim = (domain: string): Found => ({ dkim: { pass: [domain], fail: [] } })
  const spf = (domain: string, result = 'Pass'): Found => ({
    spf: { scope: 'mfrom', result, domain },
  })
  /** Whether the author of a message is proven by what other plugins found. */
  const authenticated = (
    {
      connection,
      transaction,
    }: Pick<ReturnType<typeof connectionWith>, 'connection' | 'transaction'>,
    from: string,
  ): boolean => {
    const { author } = authorsOf(parseHeader(raw(from)))
    return author !== null && provesAuthor(proofs(connection, transaction, true), author)
  }

  test.each([
    ['the same domain', dkim('example.com'), 'A <a@example.com>', true],
    ['a subdomain signs for its parent', dkim('mail.example.com'), 'a@example.com', true],
    ['the parent signs for a subdomain', dkim('example.com'), 'a@news.example.com', true],
    ['another domain', dkim('example.net'), 'a@example.com', false],
    ['neighbours below a public suffix', dkim('evil.co.uk'), 'a@victim.co.uk', false],
    ['SPF of the envelope sender', spf('bounce.example.com'), 'a@example.com', true],
    ['SPF that did not pass', spf('example.com', 'SoftFail'), 'a@example.com', false],
    [
      'two From addresses, one not aligned',
      dkim('example.com'),
      'a@example.com, b@example.net',
      false,
    ],
    ['no From', dkim('example.com'), '', false],
    ['nothing found', {}, 'a@example.com', false],
  ])('%s', (_, store, from, wanted) => {
    expect(authenticated(connectionWith({}, store), from)).toBe(wanted)
  })

  test('with a null reverse-path, the HELO domain counts', () => {
    const helo = { spf: { scope: 'helo', result: 'Pass', domain: 'mx.example.com' } }
    expect(authenticated(connectionWith(helo, {}, ''), 'a@example.com')).toBe(true)
    expect(authenticated(connectionWith(helo, {}, 'other.example'), 'a@example.com')).toBe(false)
  })

  test('the domains are carried, not a yes', () => {
    const store = {
      ...dkim('a.example'),
      ...spf('b.example'),
      dkim_verify: { pass: ['c.example'] },
    }
    const { connection, transaction } = connectionWith({}, store)
    expect(proofs(connection, transaction, true)).toEqual({
      dkim: ['a.example', 'c.example'],
      spf: { scope: 'mfrom', domain: 'b.example' },
      checked: true,
    })
  })

  test('a signature made here, and what is no domain, prove nothing', () => {
    const store = { dkim: { pass: ['v=1; a=rsa-sha256; d=example.com', 'x@example.com'] } }
    const { connection, transaction } = connectionWith({}, store)
    expect(proofs(connection, transaction, false)).toEqual(UNPROVEN)
  })

  test('which plugins prove something', () => {
    for (const name of ['spf', 'dkim', 'dkim_verify', 'haraka-plugin-spf'])
      expect(proofsAreChecked(['tls', name])).toBe(true)
    expect(proofsAreChecked(['tls', 'dkim_sign', 'spfx', 'lazaret'])).toBe(false)
  })
})
