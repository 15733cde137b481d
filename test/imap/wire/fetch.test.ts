import { describe, expect, test } from 'vitest'
import { Bad } from '../../../plugin/errors.ts'
import { formatSet, itemName, limits, parseFetch, SAVED } from '../../../plugin/imap/wire/index.ts'
import { parse } from './drive.ts'

const fetch = (text: string) => parse((r) => parseFetch(r, { uid: false }), `FETCH ${text}`)
const uidFetch = (text: string) => parse((r) => parseFetch(r, { uid: true }), `UID FETCH ${text}`)
const names = (text: string) => fetch(`1 ${text}`).items.map(itemName)

const items = (count: number) => `1 (${Array(count).fill('UID').join(' ')})`
const fields = (count: number) => `1 BODY[HEADER.FIELDS (${Array(count).fill('X').join(' ')})]`

describe('items (RFC 9051 §6.4.5)', () => {
  test.each<[string, string[]]>([
    ['UID', ['UID']],
    ['(FLAGS)', ['FLAGS']],
    ['fast', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
    ['ALL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
    ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
    ['(UID BODY BODYSTRUCTURE)', ['UID', 'BODY', 'BODYSTRUCTURE']],
    ['(RFC822 RFC822.HEADER RFC822.TEXT)', ['RFC822', 'RFC822.HEADER', 'RFC822.TEXT']],
    ['(MODSEQ EMAILID THREADID SAVEDATE)', ['MODSEQ', 'EMAILID', 'THREADID', 'SAVEDATE']],
    ['PREVIEW', ['PREVIEW']],
    ['(PREVIEW (LAZY) UID)', ['PREVIEW', 'UID']],
    ['BODY[]', ['BODY[]']],
    ['body.peek[]<0.10>', ['BODY[]<0>']],
    ['BODY[TEXT]', ['BODY[TEXT]']],
    ['BODY[1]', ['BODY[1]']],
    ['BODY[1.2.3]', ['BODY[1.2.3]']],
    ['BODY[1.2.HEADER]', ['BODY[1.2.HEADER]']],
    ['BODY[4.MIME]<5.6>', ['BODY[4.MIME]<5>']],
    ['BODY[HEADER.FIELDS (From "to" {2}\r\ncc)]', ['BODY[HEADER.FIELDS (FROM TO CC)]']],
    ['BODY[1.HEADER.FIELDS.NOT ("X[1]")]<2.1>', ['BODY[1.HEADER.FIELDS.NOT ("X[1]")]<2>']],
    ['(BINARY[] BINARY[1.2])', ['BINARY[]', 'BINARY[1.2]']],
    ['BINARY.PEEK[1]<0.10>', ['BINARY[1]<0>']],
    ['BINARY.SIZE[2]', ['BINARY.SIZE[2]']],
  ])('%s', (text, expected) => {
    expect(names(text)).toEqual(expected)
  })

  test.each([
    '',
    '()',
    '(UID',
    'UID FLAGS',
    '(ALL)',
    '(UID  FLAGS)',
    '( UID)',
    'FOO',
    'BODY.PEEK',
    'BODY[',
    'BODY[]x',
    'BODY[0]',
    'BODY[1.]',
    'BODY[.1]',
    'BODY[1..2]',
    'BODY[MIME]',
    'BODY[1.FOO]',
    'BODY[HEADER.1]',
    'BODY[HEADER.FIELDS]',
    'BODY[HEADER.FIELDS ()]',
    'BODY[HEADER.FIELDS (a:b)]',
    'BODY[HEADER.FIELDS ("a b")]',
    'BODY[HEADER.FIELDS ({4}\r\na\r\nb)]',
    'BODY[]<0>',
    'BODY[]<0.0>',
    'BODY[]<0.-1>',
    'BODY[]<-1.5>',
    'BINARY',
    'BINARY[MIME]',
    'BINARY[1.FOO]',
    'BINARY.SIZE[1]<0.1>',
    'RFC822.PEEK',
    'constructor',
    '__proto__',
  ])('%j is bad', (text) => {
    expect(() => fetch(`1 ${text}`)).toThrow(Bad)
  })

  test('sections are read to their parts', () => {
    expect(fetch('1 BODY.PEEK[1.2.HEADER.FIELDS (A b)]<3.4>').items).toEqual([
      {
        kind: 'SECTION',
        section: { path: [1, 2], text: 'HEADER.FIELDS', fields: ['A', 'B'] },
        peek: true,
        octets: { offset: 3, length: 4 },
      },
    ])
    const peeks = fetch('1 (BODY[] RFC822.HEADER RFC822.TEXT BINARY[1] BINARY.PEEK[1])').items
    expect(peeks.map((item) => 'peek' in item && item.peek)).toEqual([
      false,
      true,
      false,
      false,
      true,
    ])
    expect(fetch('1 PREVIEW (LAZY)').items).toEqual([{ kind: 'PREVIEW', lazy: true }])
  })

  test('their number is limited', () => {
    expect(fetch(items(limits.FETCH_ITEMS_MAX)).items).toHaveLength(limits.FETCH_ITEMS_MAX)
    expect(() => fetch(items(limits.FETCH_ITEMS_MAX + 1))).toThrow('more than')
    expect(fetch(fields(limits.HEADER_FIELDS_MAX)).items).toHaveLength(1)
    expect(() => fetch(fields(limits.HEADER_FIELDS_MAX + 1))).toThrow('more than')
    expect(() => fetch(`1 BODY[${'1.'.repeat(limits.SECTION_PATH_MAX)}1]`)).toThrow('too deep')
  })
})

describe('sets', () => {
  test.each(['1', '1,*', '*:3', '1:4294967295'])('%s', (text) => {
    const { set } = fetch(`${text} UID`)
    expect(set !== SAVED && formatSet(set)).toBe(text)
  })

  test('the saved result', () => {
    expect(fetch('$ UID').set).toBe(SAVED)
  })
})

describe('modifiers (RFC 7162 §3.1.4.1, §3.2.6; RFC 9394 §3.3)', () => {
  test('CHANGEDSINCE, VANISHED and PARTIAL', () => {
    expect(fetch('1 (UID) (CHANGEDSINCE 12345678901)')).toMatchObject({
      changedSince: 12345678901,
      vanished: false,
    })
    expect(uidFetch('1:* FLAGS (changedsince 1 vanished)')).toMatchObject({
      changedSince: 1,
      vanished: true,
    })
    expect(uidFetch('1:* FLAGS (PARTIAL -1:-30 CHANGEDSINCE 98)')).toMatchObject({
      changedSince: 98,
      partial: { from: 1, to: 30, fromEnd: true },
    })
    expect(fetch('1 PREVIEW (CHANGEDSINCE 3)')).toMatchObject({
      changedSince: 3,
      items: [{ kind: 'PREVIEW', lazy: false }],
    })
  })

  test.each([
    '1 UID ()',
    '1 UID (FOO)',
    '1 UID (CHANGEDSINCE)',
    '1 UID (CHANGEDSINCE x)',
    '1 UID (CHANGEDSINCE 1',
    '1 UID (VANISHED)',
    '1 UID (PARTIAL 0:1)',
    '1 UID (PARTIAL 1)',
    '1 UID (PARTIAL 1:-1)',
    '1 UID (PARTIAL -1:1)',
    '1 UID (CHANGEDSINCE 9223372036854775808)',
  ])('%j is bad', (text) => {
    expect(() => uidFetch(text)).toThrow(Bad)
  })

  test('VANISHED and PARTIAL need UID FETCH', () => {
    expect(() => fetch('1 UID (CHANGEDSINCE 1 VANISHED)')).toThrow('VANISHED needs UID FETCH')
    expect(() => fetch('1 UID (PARTIAL 1:2)')).toThrow('PARTIAL needs UID FETCH')
  })
})
