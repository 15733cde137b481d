// What is taken out of a message before our fields go on.
import { expect, test } from 'vitest'
import { parseHeader } from '../../plugin/mime/headers.ts'
import { forgedFields, OUR_FIELDS } from '../../plugin/quarantine/edit.ts'

const forged = (...lines: string[]): string[] =>
  forgedFields(parseHeader(Buffer.from(`${lines.join('\r\n')}\r\n\r\nX-Spam-Flag: body`)))

test('our fields are found however they are written, others are left alone', () => {
  expect(forged('Subject: x', 'X-Spam-Flags: 1', 'X-Spam-Level: *')).toEqual([])
  expect(forged('x-SPAM-score : -100', 'A: 1', 'X-Lazaret-Release: v=1')).toEqual([
    'x-spam-score',
    'x-lazaret-release',
  ])
})

test('one that hides behind more fields than are told apart is found too', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `A: ${i}`)
  expect(forged(...many, 'X-Spam-Flag : NO')).toEqual(OUR_FIELDS)
})
