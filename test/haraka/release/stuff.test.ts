// A message on its way to a server, in whatever pieces it is read.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Unstuffer, unstuffed } from '../../../plugin/haraka/receive/unstuff.ts'
import { Stuffer } from '../../../plugin/haraka/release/stuff.ts'
import { pieces } from '../pieces.ts'

function dotStuffed(...parts: Buffer[]): Buffer {
  const stuffer = new Stuffer()
  const out = parts.flatMap((part) => stuffer.push(part))
  return Buffer.concat([...out, ...stuffer.end()])
}

test.each([
  ['', '\r\n'],
  ['.', '..\r\n'],
  ['a\r\n.\r\n..\r\n', 'a\r\n..\r\n...\r\n'],
  ['a\r\n.b', 'a\r\n..b\r\n'],
  ['\r\n.\r\n', '\r\n..\r\n'],
  ['a.\r\n', 'a.\r\n'],
  ['a\n.\r.b\r', 'a\n.\r.b\r\r\n'],
])('dot-stuffing of %j', (raw, stuffed) => {
  expect(dotStuffed(Buffer.from(raw)).toString()).toBe(stuffed)
  const octets = Array.from(Buffer.from(raw), (octet) => Buffer.from([octet]))
  expect(dotStuffed(...octets).toString()).toBe(stuffed)
})

const text = fc
  .array(fc.constantFrom('.', '\r\n', 'a', '\r', '\n', '\0', '..', '\r\n.', ' '), { maxLength: 40 })
  .map((parts) => Buffer.from(`${parts.join('')}\r\n`))
const cuts = fc.array(fc.nat({ max: 12 }), { maxLength: 40 })

test('any message in any pieces comes through dot-stuffing and back', () => {
  fc.assert(
    fc.property(text, cuts, cuts, (raw, out, back) => {
      const stuffed = dotStuffed(...pieces(raw, out))
      expect(stuffed).toEqual(dotStuffed(raw))
      const wire = Buffer.concat([stuffed, Buffer.from('.\r\nRSET\r\n.x')])
      const dots = new Unstuffer()
      const got = Buffer.concat(pieces(wire, back).flatMap((piece) => dots.push(piece)))
      expect(got.toString()).toBe(raw.toString())
      expect(dots.ended).toBe(true)
      expect(unstuffed(wire)?.toString()).toBe(raw.toString())
    }),
  )
})

test('without its end no message has come', () => {
  fc.assert(
    fc.property(text, cuts, (raw, sizes) => {
      const wire = dotStuffed(raw)
      const dots = new Unstuffer()
      for (const piece of pieces(wire, sizes)) dots.push(piece)
      expect(dots.ended).toBe(false)
    }),
  )
})
