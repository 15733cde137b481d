import { describe, expect, test } from 'vitest'
import { Bad, Refused } from '../../../plugin/errors.ts'
import * as wire from '../../../plugin/imap/wire/index.ts'
import { parse } from './drive.ts'

const search = (text: string) => parse(wire.parseSearch, `SEARCH ${text}`)
const keys = (text: string) => search(text).keys
const one = (from: number, to = from) => [{ from, to }]
const flag = (name: string) => ({ key: 'flag', flag: name })
const not = (key: object) => ({ key: 'not', not: key })
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
const day = (text: string) => Date.parse(`${text}T00:00Z`) / 86_400_000

const sort = (text: string) => parse(wire.parseSort, `SORT ${text}`)
const thread = (text: string) => parse(wire.parseThread, `THREAD ${text}`)

describe('search keys (RFC 9051 §6.4.4)', () => {
  test.each<[string, object[]]>([
    ['ALL', [{ key: 'all' }]],
    ['all', [{ key: 'all' }]],
    ['1', [{ key: 'seq', set: one(1) }]],
    ['*:3', [{ key: 'seq', set: one(wire.STAR, 3) }]],
    ['2,4', [{ key: 'seq', set: [...one(2), ...one(4)] }]],
    ['$', [{ key: 'seq', set: wire.SAVED }]],
    ['UID 1:*', [{ key: 'uid', set: one(1, wire.STAR) }]],
    ['UID $', [{ key: 'uid', set: wire.SAVED }]],
    ['SEEN UNSEEN', [flag('\\Seen'), not(flag('\\Seen'))]],
    ['ANSWERED UNANSWERED', [flag('\\Answered'), not(flag('\\Answered'))]],
    ['DELETED UNDELETED', [flag('\\Deleted'), not(flag('\\Deleted'))]],
    ['DRAFT UNDRAFT', [flag('\\Draft'), not(flag('\\Draft'))]],
    ['FLAGGED UNFLAGGED', [flag('\\Flagged'), not(flag('\\Flagged'))]],
    ['KEYWORD $Junk UNKEYWORD x', [flag('$Junk'), not(flag('x'))]],
    ['RECENT OLD', [flag('\\Recent'), not(flag('\\Recent'))]],
    ['NEW', [{ key: 'and', keys: [flag('\\Recent'), not(flag('\\Seen'))] }]],
    ['SUBJECT NIL', [{ key: 'header', field: 'SUBJECT', value: 'NIL' }]],
    ['SUBJECT ""', [{ key: 'header', field: 'SUBJECT', value: '' }]],
    ['FROM a TO b', ['FROM', 'TO'].map((f, i) => ({ key: 'header', field: f, value: 'ab'[i] }))],
    ['CC "a b"', [{ key: 'header', field: 'CC', value: 'a b' }]],
    ['BCC {1}\r\nx', [{ key: 'header', field: 'BCC', value: 'x' }]],
    ['HEADER Message-Id ""', [{ key: 'header', field: 'MESSAGE-ID', value: '' }]],
    [
      'BODY x TEXT y',
      [
        { key: 'body', value: 'x' },
        { key: 'text', value: 'y' },
      ],
    ],
    [latin1('TEXT "grün"'), [{ key: 'text', value: 'grün' }]],
    ['LARGER 0', [{ key: 'size', is: 'larger', size: 0 }]],
    ['SMALLER 5000000000', [{ key: 'size', is: 'smaller', size: 5000000000 }]],
    ['OLDER 1', [{ key: 'age', is: 'older', seconds: 1 }]],
    ['YOUNGER 259200', [{ key: 'age', is: 'younger', seconds: 259200 }]],
    ['MODSEQ 620162338', [{ key: 'modseq', atLeast: 620162338 }]],
    ['MODSEQ "/flags/\\\\draft" all 0', [{ key: 'modseq', atLeast: 0 }]],
    [
      'EMAILID M1 THREADID T1',
      [
        { key: 'emailid', id: 'M1' },
        { key: 'threadid', id: 'T1' },
      ],
    ],
    ['SAVEDATESUPPORTED', [{ key: 'savedatesupported' }]],
    ['NOT NOT SEEN', [not(not(flag('\\Seen')))]],
    [
      'OR SEEN (1 2)',
      [
        {
          key: 'or',
          left: flag('\\Seen'),
          right: {
            key: 'and',
            keys: [
              { key: 'seq', set: one(1) },
              { key: 'seq', set: one(2) },
            ],
          },
        },
      ],
    ],
    ['((SEEN))', [flag('\\Seen')]],
    ['SEEN ', [flag('\\Seen')]],
  ])('%s', (text, expected) => {
    expect(keys(text)).toEqual(expected)
  })

  test.each([
    ['BEFORE 1-Feb-2026', 'internal', 'before'],
    ['ON "1-Feb-2026"', 'internal', 'on'],
    ['SINCE 01-Feb-2026', 'internal', 'since'],
    ['SENTBEFORE 1-Feb-2026', 'sent', 'before'],
    ['SENTON 1-Feb-2026', 'sent', 'on'],
    ['SENTSINCE 1-Feb-2026', 'sent', 'since'],
    ['SAVEDBEFORE 1-Feb-2026', 'saved', 'before'],
    ['SAVEDON 1-Feb-2026', 'saved', 'on'],
    ['SAVEDSINCE 1-Feb-2026', 'saved', 'since'],
  ])('%s', (text, of, is) => {
    expect(keys(text)).toEqual([{ key: 'date', of, is, day: day('2026-02-01') }])
  })

  test.each([
    '',
    ' ALL',
    'FOO',
    'ALL  SEEN',
    '()',
    '(ALL',
    'ALL)',
    '(ALL )',
    'NOT',
    'NOT ',
    'OR SEEN',
    'KEYWORD',
    'KEYWORD \\Seen',
    'KEYWORD "x"',
    'SUBJECT',
    'SUBJECT (x)',
    'HEADER X',
    'LARGER x',
    'OLDER 0',
    'BEFORE yesterday',
    'UID x',
    'MODSEQ',
    'MODSEQ "/flags/x" 1',
    'MODSEQ "/flags/x" none 1',
    '0',
    '-1',
    'constructor',
    '__proto__',
    'TEXT "\xff"',
    'TEXT ~{1}\r\nx',
  ])('%j is bad', (text) => {
    expect(() => search(text)).toThrow(Bad)
  })

  test('depth and number are limited', () => {
    const { DEPTH_MAX, SEARCH_KEYS_MAX } = wire.limits
    expect(keys(`${'NOT '.repeat(DEPTH_MAX)}ALL`)).toHaveLength(1)
    expect(() => search(`${'NOT '.repeat(DEPTH_MAX + 1)}ALL`)).toThrow('nested deeper')
    expect(() => search(`${'('.repeat(30_000)}ALL`)).toThrow('nested deeper')
    expect(() => search(`${'OR '.repeat(20_000)}ALL`)).toThrow('nested deeper')
    expect(keys(Array(SEARCH_KEYS_MAX).fill('ALL').join(' '))).toHaveLength(SEARCH_KEYS_MAX)
    expect(() =>
      search(
        Array(SEARCH_KEYS_MAX + 1)
          .fill('ALL')
          .join(' '),
      ),
    ).toThrow('search keys')
  })
})

describe('charsets (RFC 9051 §6.4.4)', () => {
  test.each([
    ['CHARSET UTF-8 TEXT "gr\xc3\xbcn"', 'UTF-8'],
    ['charset us-ascii TEXT "gr\xc3\xbcn"', 'US-ASCII'],
    ['CHARSET "iso-8859-1" TEXT {4}\r\ngr\xfcn', 'ISO-8859-1'],
    ['CHARSET windows-1252 TEXT "gr\xfcn"', 'WINDOWS-1252'],
  ])('%j', (text, charset) => {
    expect(search(text)).toMatchObject({ charset, keys: [{ key: 'text', value: 'grün' }] })
  })

  test('an unknown one is refused with BADCHARSET', () => {
    const { refused } = search('RETURN (SAVE) CHARSET KLINGON ALL')
    expect(refused).toBeInstanceOf(Refused)
    expect(refused).toMatchObject({ code: 'BADCHARSET' })
  })

  test('bytes that are not in it are bad', () => {
    expect(() => search('CHARSET UTF-8 TEXT "\xff"')).toThrow('a string in UTF-8 at position')
  })
})

describe('RETURN (RFC 9051 §6.4.4, RFC 9394)', () => {
  const none = { min: false, max: false, all: false, count: false, save: false }

  test.each<[string, object | undefined]>([
    ['ALL', undefined],
    ['RETURN () ALL', { ...none, all: true }],
    ['RETURN (MIN MAX) ALL', { ...none, min: true, max: true }],
    ['return (count all) 1', { ...none, count: true, all: true }],
    ['RETURN (SAVE) CHARSET UTF-8 ALL', { ...none, save: true }],
    ['RETURN (PARTIAL 1:500) ALL', { ...none, partial: { from: 1, to: 500, fromEnd: false } }],
    ['RETURN (PARTIAL -500:-1) ALL', { ...none, partial: { from: 1, to: 500, fromEnd: true } }],
  ])('%s', (text, returns) => {
    expect(search(text).returns).toEqual(returns)
  })

  test.each([
    'RETURN ALL',
    'RETURN (FOO) ALL',
    'RETURN (MIN)',
    'RETURN (MIN)ALL',
    'RETURN (PARTIAL 1:2 ALL) ALL',
    'RETURN (constructor) ALL',
    'CHARSET UTF-8 RETURN (MIN) ALL',
  ])('%j is bad', (text) => {
    expect(() => search(text)).toThrow(Bad)
  })
})

describe('SORT (RFC 5256, RFC 5957) and THREAD', () => {
  test('criteria in order', () => {
    expect(sort('(SUBJECT REVERSE DATE) UTF-8 ALL')).toMatchObject({
      charset: 'UTF-8',
      criteria: [
        { by: 'SUBJECT', reverse: false },
        { by: 'DATE', reverse: true },
      ],
      keys: [{ key: 'all' }],
    })
    const all = 'ARRIVAL CC DATE FROM SIZE SUBJECT TO DISPLAYFROM DISPLAYTO'
    expect(sort(`(${all}) us-ascii SEEN`).criteria.map(({ by }) => by)).toEqual(all.split(' '))
    expect(sort('RETURN (COUNT) (DATE) UTF-8 ALL').returns?.count).toBe(true)
  })

  test.each(['() UTF-8 ALL', '(FOO) UTF-8 ALL', '(REVERSE) UTF-8 ALL', 'DATE UTF-8 ALL', '(DATE)'])(
    'SORT %j is bad',
    (text) => {
      expect(() => sort(text)).toThrow(Bad)
    },
  )

  test('the charset is not optional', () => {
    expect(sort('(DATE) SEEN ALL').refused?.message).toBe(
      'Searching in SEEN is not possible, use UTF-8',
    )
  })

  test('algorithms', () => {
    expect(thread('REFERENCES UTF-8 ALL').algorithm).toBe('REFERENCES')
    expect(thread('orderedsubject US-ASCII SINCE 1-Jan-2026').algorithm).toBe('ORDEREDSUBJECT')
    expect(() => thread('FOO UTF-8 ALL')).toThrow(Bad)
    expect(() => thread('REFERENCES UTF-8')).toThrow(Bad)
  })
})
