// A message is decoded once a command, however many keys are looked for in it.
import { expect, test, vi } from 'vitest'
import { Asked, type Question } from '../../../plugin/imap/reader/question.ts'

const decoded = vi.hoisted(() => ({ parts: 0, fields: 0, trees: 0 }))
vi.mock('../../../plugin/mime/text.ts', async (original) => {
  const real = await original<typeof import('../../../plugin/mime/text.ts')>()
  return {
    ...real,
    partText: (...args: Parameters<typeof real.partText>) => (
      decoded.parts++,
      real.partText(...args)
    ),
  }
})
vi.mock('../../../plugin/mime/words.ts', async (original) => {
  const real = await original<typeof import('../../../plugin/mime/words.ts')>()
  return { ...real, decodeWords: (text: string) => (decoded.fields++, real.decodeWords(text)) }
})
vi.mock('../../../plugin/mime/structure.ts', async (original) => {
  const real = await original<typeof import('../../../plugin/mime/structure.ts')>()
  return { ...real, parseStructure: (raw: Buffer) => (decoded.trees++, real.parseStructure(raw)) }
})

const RAW = Buffer.from(
  [
    'From: a@example.com',
    'Subject: =?utf-8?Q?caf=C3=A9?=',
    'Subject: two',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    ...['one', 'two', 'three'].flatMap((word) => [
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(`the word is ${word}é`).toString('base64'),
    ]),
    '--b--',
  ].join('\r\n'),
)

const text = (key: string): Question => ({ text: key, header: true, ascii: true, word: key })
const field = (value: string): Question => ({ field: 'SUBJECT', value })

test('three hundred keys, one decoding', () => {
  const none = Array.from({ length: 100 }, (_, i) => text(`nothing${i}`))
  const fields = Array.from({ length: 100 }, (_, i) => field(`nothing${i}`))
  let checks = 0
  const asked = new Asked(RAW, false, () => checks++)
  expect(asked.answers({ any: [...none, ...fields] })).toBe(false)
  expect(
    asked.answers({ all: [text('is one'), text('is three'), field('cafe'), field('two')] }),
  ).toBe(true)
  expect(asked.answers({ not: text('is two') })).toBe(false)
  expect(decoded).toEqual({ parts: 3, fields: expect.any(Number), trees: 1 })
  // Two fields by name; the header as a text of its own, by lines.
  expect(decoded.fields).toBeLessThan(12)
  // The clock is looked at for every key, and for every text that it is looked for in.
  expect(checks).toBeGreaterThan(200 + 100 * 4)
})
