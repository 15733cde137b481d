// The SpamAssassin corpus: 12,000 messages as people and spammers sent them.
import { simpleParser } from 'mailparser'
import { expect, test } from 'vitest'
import {
  decodeWords,
  find,
  identity,
  parseEnvelope,
  parseStructure,
  partText,
  type Part,
} from '../../plugin/mime/index.ts'
import { corpus } from './message.ts'
import { checkMessage } from './properties.ts'

test('every message holds the properties', () => {
  let count = 0
  for (const { raw } of corpus(3)) {
    checkMessage(raw)
    count++
  }
  expect(count).toBeGreaterThan(1900)
})

test('a copy with other line ends and other headers is the same message, another message is not', () => {
  const seen = new Map<string, string>()
  for (const { name, raw } of corpus(10)) {
    const { messageId, body } = identity(raw)
    const text = raw.toString('latin1').replaceAll('\r\n', '\n')
    const crlf = Buffer.from(`X-TUID: abc\r\n${text.replaceAll('\n', '\r\n').trimEnd()}`, 'latin1')
    expect([name, identity(crlf).body.toString('hex'), identity(crlf).messageId]).toEqual([
      name,
      body.toString('hex'),
      messageId,
    ])
    const changed = Buffer.from(`${text.trimEnd()} one word more`, 'latin1')
    seen.set(identity(changed).body.toString('hex'), name)
    seen.set(body.toString('hex'), name)
  }
  expect(seen.size).toBeGreaterThan(900)
})

const texts = function* (part: Part): Generator<Part> {
  if (part.kind === 'text' && part.content.disposition?.name !== 'attachment') yield part
  if (part.kind === 'multipart') for (const child of part.children) yield* texts(child)
}

test('mailparser reads the same subjects, senders and texts', async () => {
  for (const { name, raw } of corpus(40)) {
    const root = parseStructure(raw)
    const parsed = await simpleParser(raw, {
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipImageLinks: true,
    })
    // 8-bit text in an undeclared charset is read by us and given up by mailparser.
    const squeeze = (text: string) => text.replace(/[^!-~]+/g, ' ').trim()
    expect([name, squeeze(decodeWords(find(root.header, 'subject') ?? ''))]).toEqual([
      name,
      squeeze(parsed.subject ?? ''),
    ])
    const { from } = parseEnvelope(root.header)
    const [first] = parsed.from?.value ?? []
    if (first?.address && from[0]?.host !== null) {
      expect([name, `${from[0]?.mailbox}@${from[0]?.host}`.toLowerCase()]).toEqual([
        name,
        first.address.toLowerCase(),
      ])
    }
    const plain = [...texts(root)].filter((part) => part.subtype.toLowerCase() === 'plain')
    if (plain.length === 1 && parsed.text)
      expect([name, squeeze(partText(plain[0]))]).toEqual([name, squeeze(parsed.text)])
  }
})
