// Dovecot's answers to messages that are hard to parse: ours are the same.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type SectionText,
  type Wire,
  bodyStructure,
  envelopeWire,
  parseEnvelope,
  parseStructure,
  sectionBytes,
} from '../../plugin/mime/index.ts'
import { message } from './message.ts'

interface Answer {
  name: string
  message: string
  envelope: Wire
  bodystructure: Wire
  sections: Record<string, string>
}

const file = join(__dirname, '../corpus/mime/dovecot.json')
const answers: Answer[] = JSON.parse(readFileSync(file, 'utf8'))

const SPECS = [
  'HEADER',
  'TEXT',
  '1',
  '2',
  '1.MIME',
  '2.MIME',
  '1.HEADER',
  '1.TEXT',
  '1.1',
  '1.2',
  '2.1',
  '1.1.1',
]

test.each(answers)('$name', ({ message: text, envelope, bodystructure, sections }) => {
  const root = parseStructure(message(text))
  expect(envelopeWire(parseEnvelope(root.header))).toEqual(envelope)
  expect(bodyStructure(root)).toEqual(bodystructure)
  for (const spec of SPECS) {
    if (text.includes('\0') && !(spec in sections)) continue // see test/corpus/mime/README.md
    const numbers = spec.split('.').filter((word) => /^\d/.test(word))
    const word = spec.split('.').find((one) => /^[A-Z]/.test(one)) ?? null
    const bytes = sectionBytes(root, {
      path: numbers.map(Number),
      text: word as SectionText | null,
    })
    expect([spec, bytes?.toString('latin1') ?? '']).toEqual([spec, sections[spec] ?? ''])
  }
})
