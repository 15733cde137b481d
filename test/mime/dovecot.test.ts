// Dovecot's answers to messages that are hard to parse: ours are the same, but where the message is odd in a way for
// which test/beside has a reason.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type Section,
  type Wire,
  bodyStructure,
  envelopeWire,
  parseEnvelope,
  parseStructure,
  sectionBytes,
} from '../../plugin/mime/index.ts'
import { differences } from '../beside/compare.ts'
import type { Value } from '../imap/fetch/response.ts'
import { message } from './message.ts'

interface Answer {
  name: string
  message: string
  envelope: Wire
  bodystructure: Wire
  sections: Partial<Record<string, string>>
}

const file = join(__dirname, '../corpus/mime/dovecot.json')
const answers: Answer[] = JSON.parse(readFileSync(file, 'utf8'))

const SPECS = {
  HEADER: { path: [], text: 'HEADER' },
  TEXT: { path: [], text: 'TEXT' },
  1: { path: [1], text: null },
  2: { path: [2], text: null },
  '1.MIME': { path: [1], text: 'MIME' },
  '2.MIME': { path: [2], text: 'MIME' },
  '1.HEADER': { path: [1], text: 'HEADER' },
  '1.TEXT': { path: [1], text: 'TEXT' },
  '1.1': { path: [1, 1], text: null },
  '1.2': { path: [1, 2], text: null },
  '2.1': { path: [2, 1], text: null },
  '1.1.1': { path: [1, 1, 1], text: null },
} satisfies Record<string, Section>

const latin1 = (value: Wire): Value => value as Value // our trees hold strings, numbers and null alone

test.each(answers)('$name', ({ message: text, envelope, bodystructure, sections }) => {
  const root = parseStructure(message(text))
  const ours = new Map<string, string>()
  for (const [spec, section] of Object.entries(SPECS)) {
    if (text.includes('\0') && !(spec in sections)) continue // see test/corpus/mime/README.md
    ours.set(spec, sectionBytes(root, section)?.toString('latin1') ?? '')
  }
  const found = differences(
    root,
    {
      envelope: latin1(envelopeWire(parseEnvelope(root.header))),
      structure: latin1(bodyStructure(root)),
      sections: ours,
    },
    {
      envelope: latin1(envelope),
      structure: latin1(bodystructure),
      sections: new Map(Object.entries(sections).map(([spec, bytes]) => [spec, bytes ?? ''])),
    },
  )
  expect(found.filter(({ kind }) => kind === null)).toEqual([])
})
