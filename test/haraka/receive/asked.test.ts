// ESMTP parameters: what is well-formed is kept, nothing else is ever said to a next hop.
import { expect, test } from 'vitest'
import {
  askedOf,
  keepMail,
  keepRcpt,
  type Parameters,
} from '../../../plugin/haraka/receive/asked.ts'
import type { Address, Transaction } from '../../../plugin/haraka/types.ts'

function asked(mail: Parameters, rcpt: Parameters = {}): ReturnType<typeof askedOf> {
  const recipient: Address = { user: 'a', host: 'x.example', address: 'a@x.example' }
  const transaction = { rcpt_to: [recipient] } as unknown as Transaction
  keepMail(transaction, mail)
  keepRcpt(recipient, rcpt)
  return askedOf(transaction)
}

test('well-formed parameters are kept', () => {
  expect(asked({ SMTPUTF8: null, RET: 'full', ENVID: 'a+2Bb' })).toEqual({
    utf8: true,
    ret: 'FULL',
    envid: 'a+2Bb',
  })
  const of = { notify: 'NEVER', orcpt: 'utf-8;a+20b@x.example' }
  expect(asked({}, { NOTIFY: 'never', ORCPT: of.orcpt })).toEqual({ to: { 'a@x.example': of } })
})

test.each<[Parameters, Parameters]>([
  [{}, {}],
  [{ BODY: '8BITMIME', SIZE: '1' }, {}],
  [{ RET: 'ALL', ENVID: 'a b' }, {}],
  [
    { RET: null, ENVID: null },
    { NOTIFY: null, ORCPT: null },
  ],
  [{ ENVID: 'a\r\nRCPT TO:<b@x.example>' }, {}],
  [{ ENVID: 'x'.repeat(101) }, { ORCPT: `rfc822;${'x'.repeat(501)}` }],
  [{ ENVID: 'a+2b' }, { NOTIFY: 'NEVER,SUCCESS' }],
  [{}, { NOTIFY: 'SUCCESS,', ORCPT: 'no-type' }],
  [{}, { NOTIFY: 'OFTEN', ORCPT: 'rf c;x' }],
])('%j %j are not', (mail, rcpt) => {
  expect(asked(mail, rcpt)).toBeUndefined()
})
