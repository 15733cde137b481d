import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  identity,
  parseEnvelope,
  parseStructure,
  preview,
  bodyStructure,
  searchTexts,
} from '../../plugin/mime/index.ts'
import { hostileMessage } from './hostile.ts'
import { checkMessage } from './properties.ts'

const KEPT = join(__dirname, '../corpus/mime')

test.each(readdirSync(KEPT).filter((name) => name.endsWith('.eml')))('kept: %s', (name) => {
  expect(checkMessage(readFileSync(join(KEPT, name)))).toBeGreaterThan(0)
})

test('messages made to be hard to parse', () => {
  let parts = 0
  fc.assert(
    fc.property(hostileMessage, (raw) => void (parts += checkMessage(raw))),
    { numRuns: 2000 },
  )
  expect(parts).toBeGreaterThan(3000)
})

test('any bytes', () => {
  let parts = 0
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      (bytes) => void (parts += checkMessage(Buffer.from(bytes))),
    ),
    { numRuns: 1000 },
  )
  expect(parts).toBeGreaterThanOrEqual(1000)
})

const fill = (piece: string, size: number, head = '') =>
  Buffer.from(head + piece.repeat(Math.ceil(size / piece.length)), 'latin1')

function cost(raw: Buffer): number {
  let best = Infinity
  for (let i = 0; i < 4; i++) {
    const start = process.cpuUsage()
    const root = parseStructure(raw)
    bodyStructure(root)
    parseEnvelope(root.header)
    preview(root)
    identity(parseStructure(raw))
    for (const _ of searchTexts(root, true)) continue
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, user + system)
  }
  return best
}

const multiparts = (size: number) => {
  let head = ''
  for (let i = 0; i < 99; i++)
    head += `Content-Type: multipart/mixed; boundary="${'a'.repeat(i + 1)}"\n\n--${'a'.repeat(i + 1)}\n`
  return fill(`--${'a'.repeat(99)}`.slice(0, 60) + 'b\n', size, head)
}

// Twice the bytes may not cost four times the work. Time is what counts the work of built-in functions
// too; the smallest of some runs, and a factor between 2 and 4, keep a busy machine out of it.
describe('linear in the size of the message', () => {
  const SIZE = 60_000
  const messages: Record<string, (size: number) => Buffer> = {
    'short lines': (size) => fill('\n', size, 'A: b\n\n'),
    'one line': (size) => fill('x', size),
    'one field, folded': (size) => fill('a\n ', size, 'To: '),
    'many fields': (size) => fill('a: b\n', size),
    'many Content-Type fields': (size) => fill('Content-Type: a/b; x=y\n', size),
    'open comments': (size) => fill('(', size, 'To: '),
    'open quotes in a list': (size) => fill('"a,', size, 'To: '),
    addresses: (size) => fill('a b <c@d>, ', size, 'To: '),
    'words without address': (size) => fill('a ', size, 'To: '),
    'half addresses': (size) => fill('a <b@c.', size, 'From: '),
    groups: (size) => fill('g:', size, 'To: '),
    dots: (size) => fill('a.', size, 'To: '),
    parameters: (size) => fill(';x*1=y', size, 'Content-Type: text/plain'),
    'broken parameters': (size) => fill(';"', size, 'Content-Type: text/plain'),
    'encoded words': (size) => fill('=?a?q?=', size, 'Subject: '),
    spaces: (size) => fill(' ', size, 'Subject: x'),
    'spaces between letters': (size) => fill('   x', size, 'Subject: x'),
    'carriage returns': (size) => fill('\r', size, 'A: b\n\n'),
    dashes: (size) => fill('--\n', size, 'Content-Type: multipart/mixed; boundary=b\n\n'),
    boundaries: (size) => fill('--b\n', size, 'Content-Type: multipart/mixed; boundary=b\n\n'),
    'many open multiparts, near misses': multiparts,
    'messages in messages': (size) => fill('Content-Type: message/rfc822\n\n', size),
    'soft line breaks': (size) =>
      fill('= ', size, 'Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain\n\n'),
    tags: (size) => fill('<', size, 'Content-Type: text/html\n\n'),
    comments: (size) => fill('<!--', size, 'Content-Type: text/html\n\n'),
    styles: (size) => fill('<style>', size, 'Content-Type: text/html\n\n'),
    entities: (size) => fill('&#', size, 'Content-Type: text/html\n\n'),
    'quoted lines': (size) => fill('> \n', size, 'A: b\n\n'),
    'message identifiers': (size) => fill('<"', size, 'Message-ID: '),
  }

  test.each(Object.entries(messages))('%s', (_, make) => {
    cost(make(SIZE))
    const [small, large] = [cost(make(SIZE)), cost(make(4 * SIZE))]
    // 16 times would be quadratic; 2 ms are what a small message may cost whatever is in it.
    expect(large).toBeLessThan(9 * small + 2000)
  })
})
