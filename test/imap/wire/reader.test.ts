import { describe, expect, test } from 'vitest'
import { Bad, Refused } from '../../../plugin/errors.ts'
import { limits, type Reader } from '../../../plugin/imap/wire/index.ts'
import { bytes, readerOf } from './drive.ts'

/** Reads one value behind `X `, to the end. */
function read<T>(text: string, fn: (reader: Reader) => T, utf8 = false): T {
  const reader = readerOf(`X ${text}`, { utf8 })
  reader.needSpace()
  const value = fn(reader)
  reader.needEnd()
  return value
}

/** True if `text` is read as an astring. */
function accepts(text: string): boolean {
  try {
    read(text, (reader) => reader.astringBytes())
    return true
  } catch {
    return false
  }
}

const create = (text: string, utf8 = false) => read(text, (r) => r.newMailbox(), utf8)
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

describe('strings (RFC 9051 §4.3 and §9)', () => {
  test.each<[string, string]>([
    ['abc', 'abc'],
    ['a]b', 'a]b'],
    ['NIL', 'NIL'],
    ['nil', 'nil'],
    ['""', ''],
    ['"NIL"', 'NIL'],
    ['"a b"', 'a b'],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['"\t{3}"', '\t{3}'],
    ['{3}\r\na b', 'a b'],
    ['{3+}\r\n"\r\n', '"\r\n'],
    ['{0}\r\n', ''],
    [latin1('"grün"'), 'grün'],
    [`{5}\r\n${latin1('grün')}`, 'grün'],
  ])('astring %j', (text, expected) => {
    expect(read(text, (reader) => reader.astring())).toBe(expected)
  })

  test.each([
    ['', 'position 4, found the end'],
    ['(', "position 4, found '('"],
    ['"abc', 'a closing quote at position 8'],
    ['"a\\nb"', 'after a backslash at position 7'],
    ['"a\rb"', 'no CR or NUL in a quoted string at position 6'],
    ['a b', "the end of the command at position 6, found 'b'"],
    ['a"b', "the end of the command at position 5, found '\"'"],
    ['~{1}\r\nx', 'a string at position 4, found a literal8'],
    ['{1}\r\n\0', 'no NUL in the literal at position 4'],
    ['"\xff"', 'UTF-8 in the string at position 4'],
    ['\xff', 'position 4, found byte 255'],
  ])('astring %j is bad', (text, message) => {
    const act = () => read(text, (reader) => reader.astring())
    expect(act).toThrow(Bad)
    expect(act).toThrow(message)
  })

  test('an empty string is not NIL', () => {
    expect(read('NIL', (reader) => reader.nstring())).toBeNull()
    expect(read('nil', (reader) => reader.nstring())).toBeNull()
    expect(read('""', (reader) => reader.nstring())).toBe('')
    expect(read('"NIL"', (reader) => reader.nstring())).toBe('NIL')
    expect(() => read('NILS', (reader) => reader.nstring())).toThrow(Bad)
    expect(() => read('abc', (reader) => reader.nstring())).toThrow('a string or NIL')
    expect(() => read('NIL', (reader) => reader.string())).toThrow(Bad)
  })

  test('which of the 256 bytes may stand in an atom, and in quotes', () => {
    const bare: number[] = []
    const quoted: number[] = []
    for (let byte = 0; byte < 256; byte++) {
      const char = String.fromCharCode(byte)
      if (byte === 0 || char === '\n') continue // the receiver's business
      if (accepts(`x${char}x`)) bare.push(byte)
      if (accepts(`"x${char}x"`)) quoted.push(byte)
    }
    const printable = Array.from({ length: 94 }, (_, i) => i + 0x21)
    expect(bare).toEqual(printable.filter((b) => !'(){%*"\\'.includes(String.fromCharCode(b))))
    const all = Array.from({ length: 255 }, (_, i) => i + 1)
    expect(quoted).toEqual(all.filter((b) => !'\r\n"\\'.includes(String.fromCharCode(b))))
  })

  test('literal8 may hold anything', () => {
    const literal = read('~{3}\r\n\0\r\n', (reader) => reader.takeLiteral())
    expect(literal).toMatchObject({ binary: true, bytes: bytes('\0\r\n') })
  })
})

describe('numbers (RFC 9051 §9)', () => {
  test('number', () => {
    expect(read('0', (reader) => reader.number())).toBe(0)
    expect(read('007', (reader) => reader.number())).toBe(7)
    expect(read('4294967295', (reader) => reader.number())).toBe(4294967295)
    for (const text of ['4294967296', '-1', '', 'x', '1e3', '0x1', '99999999999999999999999']) {
      expect(() => read(text, (reader) => reader.number())).toThrow(Bad)
    }
  })

  test('nz-number', () => {
    expect(read('1', (reader) => reader.nzNumber())).toBe(1)
    expect(() => read('0', (reader) => reader.nzNumber())).toThrow('a number above 0 at position 4')
  })

  test('number64 up to 2^63-1, held at 2^53-1', () => {
    expect(read('4294967296', (reader) => reader.number64())).toBe(4294967296)
    expect(read('9007199254740993', (r) => r.number64())).toBe(Number.MAX_SAFE_INTEGER)
    expect(read('9223372036854775807', (r) => r.number64())).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => read('9223372036854775808', (r) => r.number64())).toThrow(Bad)
    expect(() => read('', (reader) => reader.number64())).toThrow(Bad)
  })
})

describe('mailbox names (RFC 9051 §5.1, RFC 3501 §5.1.3)', () => {
  test.each<[string, boolean, string]>([
    ['inbox', false, 'INBOX'],
    ['"iNbOx"', true, 'INBOX'],
    ['{5}\r\ninbox', false, 'INBOX'],
    ['inbox2', false, 'inbox2'],
    ['Release', false, 'Release'],
    ['"Release &- Train"', false, 'Release & Train'],
    ['"Release & Train"', false, 'Release & Train'],
    ['"Release &- Train"', true, 'Release &- Train'],
    ['"Release & Train"', true, 'Release & Train'],
    ['"Caught (Outgoing)"', false, 'Caught (Outgoing)'],
    ['&AOk-t&AOk-', false, 'été'],
    [latin1('"été"'), true, 'été'],
    [latin1('"été"'), false, 'été'],
    ['a/b', false, 'a/b'],
    ['""', false, ''],
    ['NIL', false, 'NIL'],
  ])('%j with utf8 %j', (text, utf8, name) => {
    expect(read(text, (reader) => reader.mailbox(), utf8)).toBe(name)
  })

  test('a new name must be valid', () => {
    expect(create('"a&-b"')).toBe('a&b')
    expect(create('"a&b"', true)).toBe('a&b')
    expect(() => create('"a&b"')).toThrow(Refused)
    expect(() => create('&AGE-')).toThrow(Refused)
    expect(create(latin1('"é"'))).toBe('é')
  })

  test('wildcards stand bare in a pattern only', () => {
    expect(read('x/%', (reader) => reader.listMailbox())).toBe('x/%')
    expect(read('"%*"', (reader) => reader.listMailbox())).toBe('%*')
    expect(() => read('x/%', (reader) => reader.mailbox())).toThrow(Bad)
    expect(() => read('', (reader) => reader.listMailbox())).toThrow('a mailbox name')
  })

  test('a name has a length', () => {
    const name = 'x'.repeat(limits.MAILBOX_LENGTH_MAX)
    expect(read(name, (reader) => reader.mailbox())).toBe(name)
    expect(() => read(`${name}x`, (reader) => reader.mailbox())).toThrow('too long')
  })
})

describe('flags (RFC 9051 §2.3.2)', () => {
  test.each<[string, string[]]>([
    ['()', []],
    ['(\\Seen)', ['\\Seen']],
    ['(\\sEEN \\DELETED $Junk junk)', ['\\Seen', '\\Deleted', '$Junk', 'junk']],
    ['(\\Foo)', ['\\Foo']],
  ])('%j', (text, flags) => {
    expect(read(text, (reader) => reader.flagList())).toEqual(flags)
  })

  test.each(['(', '(\\)', '(\\*)', '( \\Seen)', '(\\Seen )', '(\\Seen  x)', '(a]b)', '("x")', 'x'])(
    '%j is bad',
    (text) => {
      expect(() => read(text, (reader) => reader.flagList())).toThrow(Bad)
    },
  )

  test('their number and length are limited', () => {
    const many = Array.from({ length: limits.FLAGS_MAX }, (_, i) => `k${i}`)
    expect(read(`(${many.join(' ')})`, (r) => r.flagList())).toHaveLength(limits.FLAGS_MAX)
    expect(() => read(`(${many.join(' ')} x)`, (r) => r.flagList())).toThrow('more than')
    const long = 'k'.repeat(limits.FLAG_LENGTH_MAX + 1)
    expect(() => read(`(${long})`, (r) => r.flagList())).toThrow('too long')
  })
})

describe('ends and spaces', () => {
  test('spaces before the end are tolerated, nothing else is', () => {
    expect(read('x  ', (reader) => reader.atom())).toBe('x')
    expect(() => read('x )', (reader) => reader.atom())).toThrow(Bad)
    expect(() => read('x {1}\r\ny', (reader) => reader.atom())).toThrow('found a literal')
  })

  test('the position counts literals', () => {
    const reader = readerOf('X {5}\r\nhello (')
    reader.needSpace()
    reader.astring()
    expect(reader.position).toBe(9)
    expect(() => reader.needEnd()).toThrow("at position 10, found '('")
  })

  test('words end where their characters end', () => {
    expect(readerOf('X RETURN').takeWord('X')).toBe(false)
    const reader = readerOf('X returning')
    reader.needSpace()
    expect(reader.takeWord('RETURN')).toBe(false)
    expect(reader.takeText('RETURN')).toBe(true)
    expect(reader.word('a rest')).toBe('ING')
  })
})
