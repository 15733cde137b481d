// The message in the bytes that came in.
import { expect, test } from 'vitest'
import { unstuffed } from '../../../plugin/haraka/receive/unstuff.ts'

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
