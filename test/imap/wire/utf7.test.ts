import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeUtf7, encodeUtf7 } from '../../../plugin/imap/wire/index.ts'

describe('modified UTF-7 (RFC 3501 §5.1.3)', () => {
  test.each([
    ['Release', 'Release'],
    ['Release & Train', 'Release &- Train'],
    ['&&', '&-&-'],
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['Entwürfe', 'Entw&APw-rfe'],
    ['☺!', '&Jjo-!'],
    ['😀', '&2D3eAA-'],
    ['é&é', '&AOk-&-&AOk-'],
    ['a\tb', 'a&AAk-b'],
    ['', ''],
  ])('%j', (name, encoded) => {
    expect(encodeUtf7(name)).toBe(encoded)
    expect(decodeUtf7(encoded)).toBe(name)
  })

  test.each([
    ['&', 'no end of the shift'],
    ['a & b', 'no base64'],
    ['&Jjo', 'no end of the shift'],
    ['&Jjo!', 'no end of the shift'],
    ['&AGE-', 'a shifted letter'],
    ['&AOkAYQ-', 'a shifted letter behind another'],
    ['&ACY-', 'a shifted ampersand'],
    ['&U,BTFw-&ZeVnLIqe-', 'two shifts in a row'],
    ['&U/BTFw-', "'/' for ','"],
    ['&2D0-', 'half a surrogate pair'],
    ['&3gA-', 'the other half'],
    ['&Jjp-', 'bits left over'],
    ['&Jjo=-', 'padding'],
    ['&J-', 'too few bits'],
    ['&Jj-', 'half a character'],
    ['é', 'not US-ASCII'],
    ['a\r\nb', 'a control character'],
  ])('%j is refused: %s', (encoded) => {
    expect(decodeUtf7(encoded)).toBeUndefined()
  })

  test('a lone surrogate is no character', () => {
    expect(encodeUtf7('a\ud800')).toBe('a&,,0-')
  })

  test('every name has one encoding, printable US-ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
        const encoded = encodeUtf7(name)
        expect(encoded).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeUtf7(encoded)).toBe(name)
      }),
    )
  })

  test('what decodes, encodes to itself', () => {
    const unit = fc.constantFrom('&', '-', 'A', 'O', 'k', ',', '/', 'Jjo', '&Jjo-', '2D3eAA', ' ')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        const name = decodeUtf7(text)
        expect(name === undefined || encodeUtf7(name) === text).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })
})
