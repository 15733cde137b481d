// A message in the file of a queue.
import { expect, test } from 'vitest'
import { dotStuffed } from '../../../plugin/haraka/release/enqueue.ts'

test.each([
  ['', '\r\n'],
  ['.', '..\r\n'],
  ['a\r\n.\r\n..\r\n', 'a\r\n..\r\n...\r\n'],
  ['a\r\n.b', 'a\r\n..b\r\n'],
  ['\r\n.\r\n', '\r\n..\r\n'],
  ['a.\r\n', 'a.\r\n'],
])('dot-stuffing of %j', (raw, stuffed) => {
  expect(dotStuffed(Buffer.from(raw)).toString()).toBe(stuffed)
})
