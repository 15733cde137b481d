// Bounds of what is told of a message (mime/bounds.ts): its structure is one tree, whatever the message is.
import { expect, test } from 'vitest'
import { emptyLineSteps, FIELDS_MAX, parseHeader } from '../../plugin/mime/headers.ts'
import {
  PARTS_MAX,
  type Part,
  bodyStructure,
  envelopeWire,
  parseEnvelope,
  parseStructure,
  sectionBytes,
} from '../../plugin/mime/index.ts'
import { spell } from '../../plugin/mime/spell.ts'
import { countParts } from './properties.ts'

const body = (part: Part) => part.raw.toString('latin1', part.bodyStart, part.bodyEnd)

/** The tree as types, with the bodies of leaves. */
function shape(part: Part): unknown {
  const type = `${part.type}/${part.subtype}`.toLowerCase()
  return part.children.length > 0 ? [type, ...part.children.map(shape)] : [type, body(part)]
}

const mixed = (parts: string) =>
  parseStructure(Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}`))
const octets = (root: Part) => spell(bodyStructure(root)).length

test('parts behind the count are one leaf, which BODY[n] reads to the end', () => {
  const root = mixed('--b\r\n\r\nx\r\n'.repeat(50_000))
  expect(countParts(root)).toBe(PARTS_MAX)
  expect(root.bodyEnd).toBe(root.raw.length)
  const { children } = root
  const last = children[PARTS_MAX - 2]
  expect(children).toHaveLength(PARTS_MAX - 1)
  expect([last.kind, last.type, last.subtype]).toEqual(['leaf', 'application', 'octet-stream'])
  const numbered = (n: number) => sectionBytes(root, { path: [n], text: null })?.toString()
  expect(numbered(PARTS_MAX - 2)).toBe('x')
  expect(numbered(PARTS_MAX - 1)).toBe(
    `\r\nx\r\n${'--b\r\n\r\nx\r\n'.repeat(50_000 - PARTS_MAX + 1)}`,
  )
  expect(numbered(PARTS_MAX)).toBeUndefined()
  // Nothing is lost: the parts and what stands between them are all of the body.
  expect(last.bodyEnd).toBe(root.raw.length)
})

test('as many parts as there may be are all told apart', () => {
  const root = mixed(`${'--b\r\n\r\nx\r\n'.repeat(PARTS_MAX - 2)}--b--\r\nend`)
  expect(root.children).toHaveLength(PARTS_MAX - 2)
  expect(root.children.every(({ kind }) => kind === 'text')).toBe(true)
})

test('the last leaf stands in the innermost multipart', () => {
  const inner = `--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n${'--c\r\n\r\nx\r\n'.repeat(5000)}--c--\r\n`
  const root = mixed(`${inner}--b\r\n\r\nafter\r\n--b--\r\n`)
  expect(root.children).toHaveLength(1)
  const path = [1, PARTS_MAX - 2]
  expect(sectionBytes(root, { path, text: null })?.toString()).toContain('after\r\n--b--\r\n')
})

test.each<[what: string, part: string]>([
  ['parameters', `Content-Type: a/b${'; x=y'.repeat(4_000)}`],
  ['a parameter', `Content-Type: a/b; name="${'n'.repeat(5_000)}"`],
  ['a type', `Content-Type: ${'a'.repeat(5_000)}/${'b'.repeat(5_000)}`],
  ['a disposition', `Content-Disposition: attachment; filename="${'n'.repeat(5_000)}"`],
  ['a name of one', `Content-Disposition: ${'n'.repeat(5_000)}`],
  ['languages', `Content-Language: ${'de, '.repeat(4_000)}`],
  [
    'an id, a description, a location',
    ['ID', 'Description', 'Location', 'MD5']
      .map((name) => `Content-${name}: ${'n'.repeat(9_000)}`)
      .join('\r\n'),
  ],
  [
    'a little of everything',
    'Content-Type: a/b; name=12345678; charset=utf-8\r\nContent-ID: <a@b>',
  ],
  [
    'messages',
    `Content-Type: message/rfc822\r\n\r\nTo: ${'a@b.example, '.repeat(500)}\r\nSubject: ${'s'.repeat(5_000)}`,
  ],
])('whatever parts say of themselves has a bound: %s', (_, part) => {
  const root = mixed(`--b\r\n${part}\r\n\r\nx\r\n`.repeat(1200))
  expect(octets(root)).toBeLessThan(1024 * 1024)
  expect(octets(root)).toBeGreaterThan(1000)
  const last = root.children.at(-1)
  expect(last?.type).toBe('application')
  expect(last?.bodyEnd).toBe(root.raw.length)
})

test('a boundary counts also where its parameter is not told', () => {
  const root = parseStructure(
    Buffer.from(
      `Content-Type: multipart/mixed; x="${'x'.repeat(20_000)}"; boundary="b"\r\n\r\n--b\r\n\r\none\r\n--b--`,
    ),
  )
  expect(shape(root)).toEqual(['multipart/mixed', ['text/plain', 'one']])
  expect(octets(root)).toBeLessThan(1000)
})

test('an ENVELOPE has a bound: addresses are whole, the last of two texts counts', () => {
  const many = 'someone <a@b.example>, '
  const root = parseStructure(
    Buffer.from(
      `Subject: first\r\nFrom: ${many.repeat(100_000)}z@z\r\nTo: ${many.repeat(100_000)}z@z\r\nSubject: ${'s'.repeat(90_000)}\r\n\r\nx`,
    ),
  )
  const envelope = parseEnvelope(root.header)
  expect(spell(envelopeWire(envelope)).length).toBeLessThan(1024 * 1024)
  expect(envelope.to.length).toBeGreaterThan(5000)
  expect(envelope.to.every(({ name, host }) => name === 'someone' && host === 'b.example')).toBe(
    true,
  )
  expect(envelope.from.length).toBeGreaterThan(500)
  expect(envelope.subject).toMatch(/^s{30000,}$/)
  // Some thousand people, as mailings have them, are all told.
  const to = parseEnvelope(
    parseStructure(Buffer.from(`To: ${many.repeat(3000)}z@z\r\n\r\n`)).header,
  ).to
  expect(to).toHaveLength(3001)
})

test.each(['--\n', `--${'b'.repeat(60)}\n`])(
  'lines that look like delimiters end to count: %j',
  (line) => {
    const boundary = 'b'.repeat(61)
    const start = `Content-Type: multipart/mixed; boundary=${boundary}\n\n--${boundary}\n\n`
    const end = `--${boundary}\n\nhidden\n--${boundary}--\n`
    const few = parseStructure(Buffer.from(start + line.repeat(1000) + end))
    expect(few.children).toHaveLength(2)
    const many = parseStructure(Buffer.from(start + line.repeat(600_000) + end))
    expect(many.children).toHaveLength(1)
    // What was not looked at is part of what stands before it.
    expect(many.children[0].bodyEnd).toBe(many.raw.length)
  },
)

test('an end of the header that was looked for in steps is the one that is found at once', () => {
  const MiB = 1024 * 1024
  const ends = ['', '\n', '\r\n', '\n\r\n\n', '\r\n\n', '\r\n\r\n', 'x']
  // Around the end of a step, and of the last one.
  for (const octets of [MiB - 3, MiB - 2, MiB - 1, MiB, MiB + 1, 2 * MiB])
    for (const end of ends) {
      const lines = 'a: b\r\n'.repeat(octets / 6)
      const fields = `${lines}${'x'.repeat(octets - lines.length - 1)}\n`
      const raw = Buffer.from(`${fields}${end}\r\nbody\n\nmore`)
      const steps = emptyLineSteps(raw)
      let step = steps.next()
      while (!step.done) step = steps.next()
      const { fieldsEnd, end: bodyStart, fields: found } = parseHeader(raw)
      expect(step.value).toBe(fieldsEnd)
      const ahead = parseHeader(raw, 0, undefined, step.value)
      expect([ahead.fieldsEnd, ahead.end, ahead.fields]).toEqual([fieldsEnd, bodyStart, found])
    }
})

test.each(['\n', '\r\n'])(
  'a header of more fields than are read ends at its empty line: %j',
  (eol) => {
    const fields = `a: b${eol}`.repeat(20_000)
    const root = parseStructure(
      Buffer.from(`${fields}X: y${eol}${eol}body${eol}${eol === '\n' ? '\r\n' : '\n'}more`),
    )
    expect(root.raw.toString('latin1', root.bodyStart)).toMatch(/^body/)
    expect(root.header.fields).toHaveLength(FIELDS_MAX)
    expect(root.header.fieldsEnd).toBe(fields.length + `X: y${eol}`.length)
  },
)
