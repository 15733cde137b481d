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
    const { messageId, body } = identity(parseStructure(raw))
    const text = raw.toString('latin1').replaceAll('\r\n', '\n')
    const crlf = Buffer.from(`X-TUID: abc\r\n${text.replaceAll('\n', '\r\n').trimEnd()}`, 'latin1')
    expect([
      name,
      identity(parseStructure(crlf)).body.toString('hex'),
      identity(parseStructure(crlf)).messageId,
    ]).toEqual([name, body.toString('hex'), messageId])
    const changed = Buffer.from(`${text.trimEnd()} one word more`, 'latin1')
    seen.set(identity(parseStructure(changed)).body.toString('hex'), name)
    seen.set(body.toString('hex'), name)
  }
  expect(seen.size).toBeGreaterThan(900)
})

/** The parts that mailparser joins to its text. */
function plainParts(part: Part): Part[] {
  if (part.kind === 'multipart') return part.children.flatMap(plainParts)
  const shown = part.content.disposition?.name !== 'attachment'
  return part.kind === 'text' && shown && part.subtype.toLowerCase() === 'plain' ? [part] : []
}

/** 8-bit text in a charset that is not declared is read by us and given up by mailparser. */
const squeeze = (text: string) => text.replace(/[^!-~]+/g, ' ').trim()

test('mailparser reads the same subjects, senders and texts', async () => {
  for (const { name, raw } of corpus(40)) {
    const parsed = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true })
    const root = parseStructure(raw)
    const [from] = parseEnvelope(root.header).from
    const ours: Record<string, string> = {
      subject: squeeze(decodeWords(find(root.header, 'subject') ?? '')),
    }
    const theirs: typeof ours = { subject: squeeze(parsed.subject ?? '') }
    const [sender] = parsed.from?.value ?? []
    if (sender?.address && from?.host !== null) {
      ours.from = `${from?.mailbox}@${from?.host}`.toLowerCase()
      theirs.from = sender.address.toLowerCase()
    }
    const plain = plainParts(root)
    if (plain.length === 1 && parsed.text) {
      ours.text = squeeze(partText(plain[0]))
      theirs.text = squeeze(parsed.text)
    }
    expect({ name, ...ours }).toEqual({ name, ...theirs })
  }
})
