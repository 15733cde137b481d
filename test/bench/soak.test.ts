// The soak notices what it looks for: its reader and its model refuse what RFC 9051 does not allow.
import { describe, expect, test } from 'vitest'
import { SeenFolder, setOf } from '../../bench/soak/folder.ts'
import { readValues } from '../../bench/soak/response.ts'

describe('the reader', () => {
  test.each<[line: string, values: unknown]>([
    ['SEARCH 2 4', ['SEARCH', '2', '4']],
    [String.raw`LIST (\HasNoChildren) "/" "Not Spam"`, ['LIST', ['\\HasNoChildren'], { text: '/' }, { text: 'Not Spam' }]], // prettier-ignore
    [
      '1 FETCH (BODY[HEADER.FIELDS (TO)] {4}\r\n\r\n() UID 7)',
      ['1', 'FETCH', ['BODY[HEADER.FIELDS (TO)]', { text: '\r\n()' }, 'UID', '7']],
    ],
    ['THREAD (1)(2 3)', ['THREAD', ['1'], ['2', '3']]],
  ])('takes %j', (line, values) => expect(readValues(line)).toEqual(values))

  test.each(['SEARCH  1', 'SEARCH 1 ', '1 FETCH (UID 7', '1 FETCH (UID {9}\r\n7)', 'LIST () "a'])(
    'refuses %j',
    (line) => expect(() => readValues(line)).toThrow('expected'),
  )
})

describe('the model', () => {
  function folder(qresync = false): SeenFolder {
    const made = new SeenFolder('one', qresync)
    made.exists(3)
    for (const n of [1, 2, 3]) made.fetch(n, new Map([['UID', String(10 * n)]]))
    return made
  }

  test('follows EXPUNGE, EXISTS and VANISHED', () => {
    const plain = folder()
    plain.expunge(2)
    plain.exists(4)
    expect(plain.messages.map(({ uid }) => uid)).toEqual([10, 30, 0, 0])
    const quick = folder(true)
    quick.exists(4)
    quick.vanished('10,20,35') // the last one's UID was never told
    expect(quick.messages.map(({ uid }) => uid)).toEqual([30])
  })

  test.each<[what: string, act: () => void]>([
    ['EXISTS that shrinks', () => folder().exists(2)],
    ['EXPUNGE of nobody', () => folder().expunge(4)],
    ['EXPUNGE with QRESYNC', () => folder(true).expunge(1)],
    ['VANISHED without it', () => folder().vanished('10')],
    ['a UID that never was', () => folder(true).vanished('15')],
    ['another UID', () => folder().fetch(1, new Map([['UID', '11']]))],
    ['a message behind the last', () => folder().fetch(4, new Map())],
    ['a set that is none', () => void setOf('1,*')],
  ])('refuses %s', (_, act) => expect(act).toThrow())
})
