import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refused } from '../../plugin/errors.ts'
import {
  bodyStructure,
  decodeLenient,
  decodePart,
  decodeText,
  decodedSize,
  isKnownCharset,
  parseStructure,
} from '../../plugin/mime/index.ts'
import { decodeBase64, decodeQuotedPrintable } from '../../plugin/mime/decode.ts'

const part = (encoding: string, body: string) =>
  parseStructure(
    Buffer.from(
      `Content-Type: text/plain\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`,
      'latin1',
    ),
  )

test.each(['base64', 'BASE64', ' (c) base64 (c)', 'base64;', 'base64; x=y', 'base64 x'])(
  'encoding %s',
  (encoding) => {
    expect(decodeLenient(part(encoding, 'aGVsbG8=')).toString()).toBe('hello')
    expect(bodyStructure(part(encoding, 'aGVsbG8='))[5]).toMatch(/^base64$/i)
  },
)

describe('base64: RFC 2045 §6.8', () => {
  test.each([
    ['aGVsbG8=', 'hello'],
    ['aGVs\r\nbG8=\r\n', 'hello'],
    ['a!G*V s-b_G8', 'hello'],
    ['aGVsbG8', 'hello'],
    ['YQ==YmM=', 'a'],
    ['YQ==\r\n\r\n-- \r\nfooter added by a list', 'a'],
    // Encoded line by line, as some programs do.
    ['YQ==\r\nYmM=\r\nZGVm\r\n', 'abcdef'],
    ['YQ==\nYmM=\nZA==', 'abcd'],
    ['YQ==\r\nYmM=\r\nsome footer', 'abc'],
    ['YQ==\r\nfoo\r\n', 'a'],
    ['', ''],
    ['=', ''],
    ['a', ''],
  ])('%j', (text, expected) => {
    expect(decodeBase64(Buffer.from(text)).toString('latin1')).toBe(expected)
  })

  test('what Buffer encodes comes back, in lines or not', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 76 }),
        (bytes, width) => {
          const text = Buffer.from(bytes).toString('base64')
          const lines = text.replace(new RegExp(`.{${width}}`, 'g'), '$&\r\n')
          expect(decodeBase64(Buffer.from(lines))).toEqual(Buffer.from(bytes))
          expect(decodeBase64(Buffer.from(`-${lines}`))).toEqual(Buffer.from(bytes))
        },
      ),
    )
  })
})

describe('quoted-printable: RFC 2045 §6.7', () => {
  test.each([
    ['a=3Db', 'a=b'],
    ['a=3db', 'a=b'],
    ['one=\r\ntwo', 'onetwo'],
    ['one= \t\r\ntwo', 'onetwo'],
    ['one=\ntwo', 'onetwo'],
    ['one \t\r\ntwo', 'one\r\ntwo'],
    ['one=20\r\ntwo', 'one \r\ntwo'],
    ['end=', 'end'],
    ['= =zz =4', '= =zz =4'],
    ['=E9=00', '\xe9\0'],
    ['tail \t', 'tail'],
  ])('%j', (text, expected) => {
    expect(decodeQuotedPrintable(Buffer.from(text)).toString('latin1')).toBe(expected)
  })

  test('any bytes escaped come back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = Array.from(
          bytes,
          (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        ).join('')
        expect(decodeQuotedPrintable(Buffer.from(text))).toEqual(Buffer.from(bytes))
      }),
    )
  })
})

describe('parts', () => {
  test('decode by their encoding, any case', () => {
    expect(decodePart(part('BASE64', 'aGk=')).toString()).toBe('hi')
    expect(decodePart(part('Quoted-Printable', 'h=69')).toString()).toBe('hi')
    expect(decodePart(part('8bit', 'h\xe9')).toString('latin1')).toBe('h\xe9')
    expect(decodedSize(part('base64', 'aGk='))).toBe(2)
  })

  test('an unknown encoding is refused, or left to readers as it is', () => {
    expect(() => decodePart(part('x-uuencode', 'begin'))).toThrow(Refused)
    expect(() => decodePart(part('x-uuencode', 'begin'))).toThrow(
      expect.objectContaining({ kind: 'undecodable' }),
    )
    expect(decodeLenient(part('x-uuencode', 'begin')).toString()).toBe('begin')
  })

  test('a multipart has no encoding: RFC 2045 §6.4', () => {
    const root = parseStructure(
      Buffer.from(
        'Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n--b--',
      ),
    )
    expect(decodePart(root).toString()).toBe('--b--')
  })
})

describe('charsets', () => {
  test.each([
    ['utf-8', 'c3a9', 'é'],
    ['UTF-8', 'c3', '\ufffd'],
    ['iso-8859-1', 'e9', 'é'],
    ['us-ascii', 'c3a9', 'é'],
    ['us-ascii', 'e9', 'é'],
    // Node 20's TextDecoder has control characters here.
    ['windows-1252', '80919299', '€‘’™'],
    ['iso-8859-1', '9381', '“\x81'],
    ['', '9293', '’“'],
    ['windows-1251', 'cff0e8', 'При'],
    ['shift_jis', '93fa967b', '日本'],
    ['euc-kr', 'c7d1', '한'],
    ['big5', 'a4a4', '中'],
    ['utf-7', '2b414f6b2d', 'é'],
    ['cp850', '82', 'é'],
    ['no-such', 'e9', 'é'],
    ['', 'e9', 'é'],
    [null, 'c3a9', 'é'],
    ['__proto__', '61', 'a'],
  ])('%s %s', (charset, hex, expected) => {
    expect(decodeText(Buffer.from(hex, 'hex'), charset)).toBe(expected)
  })

  test('isKnownCharset', () => {
    expect(['UTF-8', 'us-ascii', 'koi8-r', 'cp850'].map(isKnownCharset)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['x-nonsense', '', '__proto__'].map(isKnownCharset)).toEqual([false, false, false])
  })
})
