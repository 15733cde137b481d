// What holds for every message, however broken.
import { expect } from 'vitest'
import {
  type Part,
  type SectionText,
  type Wire,
  attachments,
  baseSubject,
  bodyStructure,
  decodeLenient,
  envelopeWire,
  find,
  headerTexts,
  identity,
  messageIds,
  parseDate,
  parseEnvelope,
  parseStructure,
  preview,
  searchTexts,
  sectionBytes,
} from '../../plugin/mime/index.ts'
import { namedParts } from '../beside/ask.ts'
import type { Value } from '../imap/fetch/response.ts'

/** Checks them all; returns the number of parts. */
export function checkMessage(raw: Buffer): number {
  const root = parseStructure(raw)
  expect([root.header.start, root.bodyEnd]).toEqual([0, raw.length])
  checkPart(root, [])
  checkSections(root)
  checkNamed(root)
  checkWire(bodyStructure(root))
  checkWire(bodyStructure(root, false))
  checkWire(envelopeWire(parseEnvelope(root.header)))
  checkText(root)
  return countParts(root)
}

export const countParts = (part: Part): number =>
  part.children.reduce((sum, child) => sum + countParts(child), 1)

/** Ranges stand inside each other and in order, and sections give just these ranges. */
function checkPart(part: Part, path: number[]): void {
  const { raw, header, headerEnd, bodyStart, bodyEnd, children } = part
  expect(header.start).toBeLessThanOrEqual(headerEnd)
  expect(headerEnd).toBe(bodyStart)
  expect(bodyStart).toBeLessThanOrEqual(bodyEnd)
  expect(bodyEnd).toBeLessThanOrEqual(raw.length)
  const counted = part.kind === 'text' || part.kind === 'message'
  expect(part.lines).toBe(
    counted ? raw.toString('latin1', bodyStart, bodyEnd).split('\n').length - 1 : 0,
  )
  if (part.kind === 'message') expect(children.length).toBe(1)
  if (part.kind === 'text' || part.kind === 'leaf') expect(children.length).toBe(0)
  let at = bodyStart
  for (const [i, child] of children.entries()) {
    expect(child.header.start).toBeGreaterThanOrEqual(at)
    expect(child.bodyEnd).toBeLessThanOrEqual(bodyEnd)
    at = child.bodyEnd
    checkPart(child, part.kind === 'multipart' ? [...path, i + 1] : path)
  }
}

function same(got: Buffer | null, want: Buffer): void {
  expect(got?.equals(want)).toBe(true)
}

function checkSections(root: Part): void {
  const get = (path: number[], text: SectionText | null) => sectionBytes(root, { path, text })
  const both = (path: number[]) =>
    Buffer.concat(
      [get(path, 'HEADER'), get(path, 'TEXT')].map((bytes) => bytes ?? Buffer.from('?')),
    )
  same(get([], null), root.raw)
  same(both([]), root.raw)
  const visit = (part: Part, path: number[]) => {
    if (path.length > 0) {
      same(get(path, null), part.raw.subarray(part.bodyStart, part.bodyEnd))
      same(get(path, 'MIME'), part.raw.subarray(part.header.start, part.headerEnd))
    }
    if (part.kind === 'message') {
      const own = path.length === 0 ? [1] : path
      same(both(own), part.raw.subarray(part.bodyStart, part.bodyEnd))
      // A multipart inside shares the number of its message; other parts are its part 1.
      const [inner] = part.children
      if (inner.kind === 'multipart')
        inner.children.forEach((child, i) => visit(child, [...own, i + 1]))
      else visit(inner, [...own, 1])
    } else {
      part.children.forEach((child, i) => visit(child, [...path, i + 1]))
    }
  }
  visit(root, [])
}

/** A part that BODYSTRUCTURE names can be fetched and has as many octets and lines as it says; no other part can be. */
function checkNamed(root: Part): void {
  const named = namedParts(bodyStructure(root) as Value)
  const paths = new Set(named.map(({ path }) => path))
  const get = (path: string) =>
    sectionBytes(root, { path: path.split('.').map(Number), text: null })?.toString('latin1') ??
    null
  for (const { path, octets, lines } of named) {
    const bytes = get(path)
    expect(bytes).not.toBeNull()
    if (octets !== null) expect([path, bytes?.length]).toEqual([path, octets])
    if (lines !== null) expect([path, (bytes ?? '').split('\n').length - 1]).toEqual([path, lines])
    const next = path.replace(/\d+$/, (last) => String(Number(last) + 1))
    for (const other of [next, `${path}.1`, `${path}.2`]) {
      // As Dovecot: part 1 of a leaf in a multipart is the leaf. Some clients ask for it.
      const alias = other === `${path}.1` && get(other) === bytes
      if (!paths.has(other) && !alias) expect([other, get(other)]).toEqual([other, null])
    }
  }
}

/** Values are what the protocol can carry: no NUL, no line end, latin1, whole numbers. */
function checkWire(value: Wire): void {
  if (Array.isArray(value)) value.forEach(checkWire)
  else if (typeof value === 'string') expect(value).toMatch(/^[^\0\r\n\u0100-\uffff]*$/)
  else if (typeof value === 'number') expect(Number.isSafeInteger(value) && value >= 0).toBe(true)
  else expect(value).toBeNull()
}

function checkText(root: Part): void {
  for (const text of searchTexts(root, true)) expect(typeof text).toBe('string')
  const shown = preview(root)
  expect(Array.from(shown).length).toBeLessThanOrEqual(200)
  expect(shown).not.toMatch(/[\r\n\t\0]/)
  for (const { name } of attachments(root)) expect(name).not.toMatch(/[\r\n\0/\\]/)
  headerTexts(root.header, 'subject')
  baseSubject(find(root.header, 'subject') ?? '')
  messageIds(find(root.header, 'message-id') ?? '')
  const date = parseDate(find(root.header, 'date') ?? '')
  expect(date === null || Number.isInteger(date)).toBe(true)
  expect(decodeLenient(root)).toBeInstanceOf(Buffer)
  expect(identity(root).body.length).toBe(32)
}
