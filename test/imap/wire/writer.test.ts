import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits, serialize, Writer } from '../../../plugin/imap/wire/index.ts'
import { bytes, readerOf } from './drive.ts'

/** What `write` builds, one char per byte. */
function built(write: (writer: Writer) => void, utf8 = false): string {
  return serialize(write, { utf8 })
}

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

/** The whole answer as bytes. */
function taken(writer: Writer): string {
  return Buffer.concat(writer.take()).toString('latin1')
}

/** Reads the written value back behind `t X`, as a client would, to the end of the line. */
function readBack(write: (writer: Writer) => void, utf8: boolean) {
  const line = built((w) => write(w.atom('X')), utf8)
  const reader = readerOf(line, { utf8 })
  reader.needSpace()
  return { reader, line }
}

describe('lines', () => {
  test('spaces stand between values, not beside parentheses', () => {
    const line = built((w) => {
      w.untagged().number(3).atom('FETCH').open().atom('UID').number(7)
      w.atom('FLAGS').flags(['\\Seen', '$Junk']).atom('X').open().close()
      w.open().open().nil().close().glue().open().number(1).close().close().close().crlf()
    })
    expect(line).toBe('* 3 FETCH (UID 7 FLAGS (\\Seen $Junk) X () ((NIL)(1)))\r\n')
  })

  test('statuses and codes (RFC 9051 §7.1)', () => {
    const w = new Writer()
    w.tagged('a1').ok('MOVE completed')
    w.untagged().ok('Moved', (code) =>
      code.atom('COPYUID').number(1).numbers([1, 2, 3]).numbers([9]),
    )
    w.untagged().ok('Flags', (code) => code.atom('PERMANENTFLAGS').flags(['\\Seen', '\\*']))
    w.tagged('a2').no('Not here', 'CANNOT')
    w.tagged('a3').bad('Expected a space')
    w.untagged().bye('See you')
    w.untagged().status('PREAUTH', 'hi')
    w.continuation().continuation('Go ahead').continuation('AGpvZQ==')
    expect(taken(w)).toBe(
      'a1 OK MOVE completed\r\n* OK [COPYUID 1 1:3 9] Moved\r\n' +
        '* OK [PERMANENTFLAGS (\\Seen \\*)] Flags\r\na2 NO [CANNOT] Not here\r\n' +
        'a3 BAD Expected a space\r\n* BYE See you\r\n* PREAUTH hi\r\n' +
        '+ \r\n+ Go ahead\r\n+ AGpvZQ==\r\n',
    )
  })

  test('sets, mailboxes, dates', () => {
    expect(built((w) => w.set([{ from: 1, to: 3 }]).numbers([7, 9, 8]))).toBe('1:3 7,9,8')
    expect(built((w) => w.mailbox('INBOX').mailbox('a b').mailbox(''))).toBe('INBOX "a b" ""')
    expect(built((w) => w.mailbox('Release & Train').mailbox('é'))).toBe('"Release &- Train" &AOk-')
    expect(built((w) => w.mailbox('R & T').mailbox('é'), true)).toBe(latin1('"R & T" "é"'))
    expect(built((w) => w.mailbox('NIL').mailbox('x*').mailbox('a(b'))).toBe('"NIL" "x*" "a(b"')
    expect(built((w) => w.dateTime(0))).toBe('" 1-Jan-1970 00:00:00 +0000"')
  })

  test('our own mistakes are errors', () => {
    const w = new Writer()
    expect(() => w.atom('a b')).toThrow('not an atom')
    expect(() => w.atom('')).toThrow('not an atom')
    expect(() => w.number(-1)).toThrow('not a number')
    expect(() => w.number(Number.NaN)).toThrow('not a number')
    expect(() => w.set([])).toThrow('an empty set')
  })
})

describe('strings (RFC 9051 §4.3)', () => {
  test.each<[string | null, string, string]>([
    ['', '""', '""'],
    [null, 'NIL', 'NIL'],
    ['NIL', '"NIL"', '"NIL"'],
    ['a b', '"a b"', '"a b"'],
    ['a"b\\', '"a\\"b\\\\"', '"a\\"b\\\\"'],
    ['a\tb', '"a\tb"', '"a\tb"'],
    ['a\r\n* BYE', '{8}\r\na\r\n* BYE', '{8}\r\na\r\n* BYE'],
    ['a\rb', '{3}\r\na\rb', '{3}\r\na\rb'],
    ['a\0b', '{3}\r\na\x80b', '{3}\r\na\x80b'],
    ['é', latin1('{2}\r\né'), latin1('"é"')],
    ['é"', latin1('{3}\r\né"'), latin1('"é\\""')],
    ['\ud800', '{3}\r\n\xef\xbf\xbd', '"\xef\xbf\xbd"'],
    ['{5}', '"{5}"', '"{5}"'],
  ])('%j', (value, plain, utf8) => {
    expect(built((w) => w.nstring(value))).toBe(plain)
    expect(built((w) => w.nstring(value), true)).toBe(utf8)
  })

  test('bytes that are no UTF-8 are never quoted', () => {
    expect(built((w) => w.string(bytes('\xff')), true)).toBe('{1}\r\n\xff')
    expect(built((w) => w.string(bytes('\xc3\xa9')), true)).toBe('"\xc3\xa9"')
  })

  test('which of the 256 bytes may stand in quotes', () => {
    for (let byte = 0; byte < 256; byte++) {
      const literal = built((w) => w.string(Buffer.from([byte]))).startsWith('{')
      expect([byte, literal]).toEqual([byte, [0, 10, 13].includes(byte) || byte >= 0x80])
    }
  })

  test('long strings are literals', () => {
    expect(built((w) => w.string('x'.repeat(1001)))).toMatch(/^\{1001\}/)
  })

  test('an astring is bare where it can be', () => {
    const values = ['abc', 'a]b', 'nil', '', 'a b', 'a*', '\\x', 'é']
    expect(built((w) => values.forEach((value) => w.astring(value)), true)).toBe(
      latin1('abc a]b "nil" "" "a b" "a*" "\\\\x" "é"'),
    )
  })
})

describe('texts for people', () => {
  test.each<[string, string, string]>([
    ['fine', 'fine', 'fine'],
    ['a\r\nb OK [x]\0c', 'a b OK [x] c', 'a b OK [x] c'],
    ['\u2028é', '?', 'é'],
    ['[ALERT] x', '(ALERT] x', '(ALERT] x'],
    ['\r\n', '.', '.'],
    ['', '.', '.'],
  ])('%j', (text, plain, utf8) => {
    expect(built((w) => w.tagged('a').no(text))).toBe(`a NO ${plain}\r\n`)
    expect(built((w) => w.tagged('a').no(text), true)).toBe(latin1(`a NO ${utf8}\r\n`))
  })

  test('their length is bounded, and no character is cut', () => {
    for (const text of ['x', 'é', '漢', '😀', 'x😀']) {
      const line = built((w) => w.untagged().ok(text.repeat(5000)), true)
      expect(line.length).toBeLessThanOrEqual(limits.RESPONSE_TEXT_MAX + 7)
      expect(Buffer.from(line, 'latin1').toString('utf8')).not.toContain('\ufffd')
    }
  })

  test('a code cannot leave its brackets', () => {
    expect(built((w) => w.untagged().no('x', 'A]\r\n* BYE'))).toBe('* NO [A* BYE] x\r\n')
  })

  test('a tag that is none is not repeated', () => {
    expect(built((w) => w.tagged('a\r\n* BYE').bad('x'))).toBe('* BAD x\r\n')
  })

  test('what is no flag is left out', () => {
    const flags = ['\\Seen', 'a b', 'x)', 'a\r\n', '', '$ok', 'a]', '\\*', '\\']
    expect(built((w) => w.flags(flags))).toBe('(\\Seen $ok \\*)')
  })
})

describe('literals and chunks', () => {
  test('a big literal is handed on uncopied', () => {
    const body = Buffer.alloc(100_000, 'x')
    const w = new Writer()
    w.untagged().number(1).atom('FETCH').open().atom('BODY[]').literal(body).close().crlf()
    expect(w.size).toBe(body.length + '* 1 FETCH (BODY[] {100000}\r\n)\r\n'.length)
    const chunks = w.take()
    expect(chunks.map((chunk) => chunk.length)).toEqual([28, 100_000, 3])
    expect(chunks[1].buffer).toBe(body.buffer)
    expect(w.size).toBe(0)
    expect(w.take()).toEqual([])
  })

  test('a view into a larger buffer is written as the view', () => {
    const pool = Buffer.from('0123456789')
    expect(built((w) => w.literal(pool.subarray(3, 5)))).toBe('{2}\r\n34')
    expect(built((w) => w.string(new Uint8Array(pool.subarray(3, 5))))).toBe('"34"')
  })

  test('nothing is a quoted string: iOS waits for the rest of {0}', () => {
    const nothing = Buffer.alloc(0)
    expect(built((w) => w.literal(nothing).literal(nothing, { binary: true }))).toBe('"" ""')
    expect(built((w) => w.string('').string(nothing).nstring(nothing).astring(''))).toBe(
      '"" "" "" ""',
    )
  })

  test('NUL cannot stand in a literal, but in a literal8', () => {
    const body = bytes('a\0b\0')
    expect(built((w) => w.literal(body))).toBe('{4}\r\na\x80b\x80')
    expect(built((w) => w.literal(body, { binary: true }))).toBe('~{4}\r\na\0b\0')
    expect(body.includes(0)).toBe(true)
  })

  test('an unfinished line can be abandoned', () => {
    const big = Buffer.alloc(50_000, 'x')
    const w = new Writer()
    w.untagged().ok('one')
    w.untagged().atom('FETCH').open().literal(big)
    expect(w.abandon()).toBe(true)
    w.untagged().ok('two')
    expect(w.size).toBe('* OK one\r\n* OK two\r\n'.length)
    expect(taken(w)).toBe('* OK one\r\n* OK two\r\n')
    w.untagged().atom('x')
    expect(w.abandon()).toBe(true)
    expect(w.size).toBe(0)
  })

  test('not once a part of it was taken', () => {
    const w = new Writer()
    w.untagged().atom('FETCH')
    expect(taken(w)).toBe('* FETCH')
    w.atom('x')
    expect(w.abandon()).toBe(false)
    w.crlf().untagged().atom('y')
    expect(w.abandon()).toBe(true)
    expect(taken(w)).toBe(' x\r\n')
    w.untagged().ok('z').untagged().atom('y')
    expect(taken(w)).toBe('* OK z\r\n* y')
    expect(w.abandon()).toBe(false)
  })

  test('much text is handed over in pieces, in order', () => {
    const w = new Writer()
    for (let i = 0; i < 20_000; i++) w.untagged().number(i).atom('EXISTS').crlf()
    const chunks = w.take()
    expect(chunks.length).toBeGreaterThan(5)
    const lines = Buffer.concat(chunks).toString('latin1').split('\r\n')
    expect(lines).toHaveLength(20_001)
    expect(lines[19_999]).toBe('* 19999 EXISTS')
  })

  test('whole lines built before are handed on uncopied, and stay when a line is abandoned', () => {
    const lines = Buffer.from('* 1 EXISTS\r\n')
    const w = new Writer()
    w.untagged().ok('x').lines(lines).untagged().atom('y')
    expect(w.abandon()).toBe(true)
    w.tagged('a').ok('done')
    const chunks = w.take()
    expect(chunks).toContain(lines)
    expect(Buffer.concat(chunks).toString()).toBe('* OK x\r\n* 1 EXISTS\r\na OK done\r\n')
  })

  test('values built before are put in as they are', () => {
    const cached = serialize((w) => w.open().nil().string('é').close())
    expect(built((w) => w.untagged().raw(cached).number(1))).toBe(latin1('* (NIL {2}\r\né) 1'))
  })
})

describe('what is written is read again, whatever it is', () => {
  const anyString = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom('"', '\\', '\r', '\n', '{', '3', '}', ')', '*', ' ', 'é', '+', 'NIL'),
      maxLength: 12,
    }),
  )

  test('strings', () => {
    fc.assert(
      fc.property(anyString, anyString, fc.boolean(), (one, two, utf8) => {
        const { reader } = readBack((w) => w.string(one).astring(two), utf8)
        // the reader refuses NUL, the writer has put 0x80 for it
        const expected = [one, two].map((text) =>
          text.includes('\0') ? latin1(text).replaceAll('\0', '\x80') : latin1(text),
        )
        expect(reader.stringBytes().toString('latin1')).toBe(expected[0])
        reader.needSpace()
        expect(reader.astringBytes().toString('latin1')).toBe(expected[1])
        reader.needEnd()
      }),
      { numRuns: 1000 },
    )
  })

  test('outside of literals there is only US-ASCII, unless UTF-8 is enabled', () => {
    fc.assert(
      fc.property(anyString, (text) => {
        const line = built((w) => w.string(text))
        expect(line).toMatch(/^(?:"[\x01-\x09\x0b\x0c\x0e-\x7f]*"|\{\d+\}\r\n[^]*)$/)
      }),
    )
  })

  test('bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 1, maxLength: 50 }), fc.boolean(), (value, utf8) => {
        const { reader } = readBack((w) => w.string(value), utf8)
        expect(reader.stringBytes()).toEqual(Buffer.from(value))
        reader.needEnd()
      }),
    )
  })

  test('mailbox names', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(name, fc.boolean(), (text, utf8) => {
        const expected = text.toUpperCase() === 'INBOX' ? 'INBOX' : text
        const { reader } = readBack((w) => w.mailbox(text), utf8)
        expect(reader.mailbox()).toBe(expected)
        reader.needEnd()
      }),
      { numRuns: 1000 },
    )
  })

  test('texts stay one line', () => {
    fc.assert(
      fc.property(anyString, anyString, fc.boolean(), (text, code, utf8) => {
        const line = built((w) => w.untagged().no(text, code), utf8)
        expect(line).toMatch(/^\* NO \[[^\]\r\n\0]*\] [^\r\n\0]+\r\n$/)
      }),
      { numRuns: 1000 },
    )
  })
})
