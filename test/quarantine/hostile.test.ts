// What a stranger's message may cost those whose mail waits behind it: bounds, counted.
import { afterEach, expect, test, vi } from 'vitest'
import { Header } from '../../plugin/mime/headers.ts'
import { authorsOf } from '../../plugin/mime/authors.ts'
import { parseEnvelope, parseHeader, parseStructure, type Part } from '../../plugin/mime/index.ts'
import { makeSummary } from '../../plugin/quarantine/folders/summary.ts'
import { hold, itemOf, message, rig } from './rig.ts'

afterEach(() => vi.restoreAllMocks())

const many = (text: (i: number) => string, count: number): string =>
  Array.from({ length: count }, (_, i) => text(i)).join('')

const PARTS = Buffer.from(
  `From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(200_000)}--b--\r\n`,
)
const of = (field: string): Buffer => Buffer.from(`${field}\r\n\r\nx\r\n`)
const HOSTILE: Record<string, Buffer> = {
  'many parts': PARTS,
  'many messages in one': Buffer.from(
    PARTS.toString('latin1').replaceAll(
      '--b\r\n\r\nx\r\n',
      '--b\r\nContent-Type: message/rfc822\r\n\r\nTo: a@b.example\r\n\r\nx\r\n',
    ),
  ),
  'many recipients': of(`To: ${many((i) => `a${i}@b.example,\r\n `, 200_000)}`),
  'many fields of recipients': of(many((i) => `To: a${i}@b.example\r\n`, 100_000)),
  'many words in the subject': of(`Subject: ${'=?utf-8?q?a?= '.repeat(100_000)}`),
  'many references': of(`References: ${many((i) => `<${i}@b.example>\r\n `, 200_000)}`),
  'many authors': of(`From: ${many((i) => `"a" <a${i}@b.example>,\r\n `, 200_000)}`),
}

function parts(part: Part): number {
  return part.children.reduce((sum, one) => sum + parts(one), 1)
}

test('nothing of a message is read while others wait for the writer', async () => {
  const lazaret = rig()
  await hold(lazaret, message('first'))
  const read = vi.spyOn(Header.prototype, 'slice')
  const { store } = lazaret
  const write = store.write.bind(store)
  let within = 0
  vi.spyOn(store, 'write').mockImplementation((options, decide) =>
    write(options, (tx) => {
      const before = read.mock.calls.length
      try {
        return decide(tx)
      } finally {
        within += read.mock.calls.length - before
      }
    }),
  )
  const [{ item }] = await hold(lazaret, message('second'))
  expect(read.mock.calls.length).toBeGreaterThan(0)
  expect(within).toBe(0)
  const { id } = itemOf(lazaret, item)
  expect(store.beside.summary(id)?.toString('latin1')).toContain('Test second')
})

test.each(Object.entries(HOSTILE))('%s: what is made of it has a bound', (_, raw) => {
  const root = parseStructure(raw)
  expect(parts(root)).toBeLessThanOrEqual(2001)
  const { to, from } = parseEnvelope(root.header)
  expect(to.length + from.length).toBeLessThan(25_000)
  expect(authorsOf(parseHeader(raw)).shown.length).toBeLessThanOrEqual(2000)
  const item = { blob: 'ab'.repeat(32), size: raw.length, at: 0, scope: '', sender: '' }
  const summary = makeSummary(root, {
    ...item,
    recipients: [],
    direction: 'in',
    verdict: null,
    since: 0,
    kind: 'held',
  })
  expect(summary.length).toBeLessThan(1024 * 1024)
})

test('of a From that is too long its beginning and its end are read, and it has no author', () => {
  const filler = 'x'.repeat(1_000_000)
  const { shown, author } = authorsOf(
    parseHeader(of(`From: first@a.example, ${filler} middle@a.example ${filler}, last@a.example`)),
  )
  expect(shown).toContain('first@a.example')
  expect(shown).toContain('last@a.example')
  expect(shown).not.toContain('middle@a.example')
  expect(author).toBeNull()
  // As usual as can be, but for its length; and where an address could hide in the name.
  const authorOf = (from: string) => authorsOf(parseHeader(of(`From: ${from}`))).author
  expect(authorOf(`"${filler}" <one@a.example>`)).toBe('one@a.example')
  expect(authorOf(`"${filler} =?utf-8?q?boss=40b.example?=" <one@a.example>`)).toBeNull()
})
