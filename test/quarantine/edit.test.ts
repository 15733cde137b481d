// What is taken out of a message before our fields go on.
import { expect, test } from 'vitest'
import { parseHeader } from '../../plugin/mime/headers.ts'
import { forgedFields, VERDICT_FIELDS } from '../../plugin/quarantine/edit.ts'

const forged = (...lines: string[]): string[] =>
  forgedFields(parseHeader(Buffer.from(`${lines.join('\r\n')}\r\n\r\nX-Spam-Flag: body`)))

test('what tells of a verdict is found however it is written, others are left alone', () => {
  expect(forged('Subject: x', 'X-Spam-Flags: 1', 'X-Spamming: 1', 'X-Mailer: y')).toEqual([])
  expect(forged('x-SPAM-score : -100', 'A: 1', 'X-Lazaret-Release: v=1')).toEqual([
    'x-spam-score',
    'x-lazaret-release',
  ])
  const strangers = ['X-Spam', 'X-Spam-Level', 'X-Spam-Report', 'X-Spam-Bar', 'X-Spam_score_int']
  const families = ['X-Spamd-Bar', 'X-Rspamd-Action', 'X-DSPAM-Result', 'X-Barracuda-Spam-Flag']
  for (const name of [...strangers, ...families])
    expect(forged(`${name}: Yes`)).toEqual([name.toLowerCase()])
})

test('one that hides behind more fields than are told apart is found too', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `A: ${i}`)
  expect(forged(...many, 'X-Spam-Flag : NO')).toEqual(VERDICT_FIELDS)
})
