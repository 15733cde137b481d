// The message in the bytes that came in.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unstuffed } from '../../../plugin/haraka/receive/bytes.ts'
import { dotStuffed } from '../../../plugin/haraka/release/enqueue.ts'

test.each([
  ['.\r\n', ''],
  ['a\r\n.\r\n', 'a\r\n'],
  ['..a\r\n...\r\n.\r\n', '.a\r\n..\r\n'],
  ['a\r\n.\r\nQUIT\r\n.x\r\n', 'a\r\n'],
  ['\r\n..\r\n.\r\n', '\r\n.\r\n'],
  ['a\r\n..', null],
  ['', null],
])('the message in %j', (wire, message) => {
  expect(unstuffed(Buffer.from(wire))?.toString() ?? null).toBe(message)
})

test('any message comes through dot-stuffing and back', () => {
  const piece = fc.constantFrom('.', '\r\n', 'a', '\r', '\0', '..', '\r\n.', ' ')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const raw = Buffer.from(`${pieces.join('')}\r\n`)
      const wire = Buffer.concat([dotStuffed(raw), Buffer.from('.\r\nRSET\r\n')])
      expect(unstuffed(wire)?.toString()).toBe(raw.toString())
    }),
  )
})
