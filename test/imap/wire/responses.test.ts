import { describe, expect, test } from 'vitest'
import * as wire from '../../../plugin/imap/wire/index.ts'

function line(write: (writer: wire.Writer) => void): string {
  const writer = new wire.Writer()
  write(writer)
  return Buffer.concat(writer.take()).toString('latin1')
}

const esearch = (result: Partial<wire.Esearch>) =>
  line((w) => wire.writeEsearch(w, { tag: 'a"1', uid: true, ...result }))

describe('LIST and STATUS', () => {
  test('names and attributes (RFC 9051 §7.3.1)', () => {
    const attributes = ['\\HasNoChildren', '\\Junk']
    const write = (mailbox: string) => line((w) => wire.writeList(w, { attributes, mailbox }))
    expect(write('Spam')).toBe('* LIST (\\HasNoChildren \\Junk) "/" Spam\r\n')
    expect(write('Release & Train')).toBe(
      '* LIST (\\HasNoChildren \\Junk) "/" "Release &- Train"\r\n',
    )
    expect(
      line((w) =>
        wire.writeList(w, {
          response: 'LSUB',
          attributes: [],
          mailbox: 'a',
          childInfo: ['SUBSCRIBED'],
        }),
      ),
    ).toBe('* LSUB () "/" a ("CHILDINFO" ("SUBSCRIBED"))\r\n')
    expect(line((w) => wire.writeDelimiter(w))).toBe('* LIST (\\Noselect) "/" ""\r\n')
  })

  test('STATUS (RFC 9051 §7.3.2)', () => {
    const values = { MESSAGES: 3, MAILBOXID: 'F1', APPENDLIMIT: null }
    expect(line((w) => wire.writeStatus(w, 'a b', values))).toBe(
      '* STATUS "a b" (MESSAGES 3 MAILBOXID (F1) APPENDLIMIT NIL)\r\n',
    )
    expect(line((w) => wire.writeStatus(w, 'x', {}))).toBe('* STATUS x ()\r\n')
  })
})

describe('search results', () => {
  test('ESEARCH (RFC 9051 §7.3.4, RFC 9394)', () => {
    const all = wire.rangesOf([4, 5, 7])
    expect(esearch({ min: 4, max: 7, count: 3, all, modseq: 9 })).toBe(
      '* ESEARCH (TAG "a\\"1") UID MIN 4 MAX 7 COUNT 3 ALL 4:5,7 MODSEQ 9\r\n',
    )
    expect(esearch({ uid: false, count: 0, all: [] })).toBe('* ESEARCH (TAG "a\\"1") COUNT 0\r\n')
    const range = { from: 1, to: 100, fromEnd: true }
    expect(esearch({ partial: { range, found: all } })).toBe(
      '* ESEARCH (TAG "a\\"1") UID PARTIAL (-1:-100 4:5,7)\r\n',
    )
    expect(esearch({ partial: { range: { ...range, fromEnd: false }, found: [] } })).toBe(
      '* ESEARCH (TAG "a\\"1") UID PARTIAL (1:100 NIL)\r\n',
    )
  })

  test('SEARCH and SORT', () => {
    expect(line((w) => wire.writeNumbers(w, 'SEARCH', []))).toBe('* SEARCH\r\n')
    expect(line((w) => wire.writeNumbers(w, 'SEARCH', [2, 5], 917))).toBe(
      '* SEARCH 2 5 (MODSEQ 917)\r\n',
    )
    expect(line((w) => wire.writeNumbers(w, 'SORT', [5, 2]))).toBe('* SORT 5 2\r\n')
  })

  test('VANISHED (RFC 7162 §3.2.10)', () => {
    const uids = wire.rangesOf([41, 43, 44])
    expect(line((w) => wire.writeVanished(w, uids, { earlier: true }))).toBe(
      '* VANISHED (EARLIER) 41,43:44\r\n',
    )
    expect(line((w) => wire.writeVanished(w, uids, { earlier: false }))).toBe(
      '* VANISHED 41,43:44\r\n',
    )
    expect(line((w) => wire.writeVanished(w, [], { earlier: true }))).toBe('')
  })
})

describe('THREAD (RFC 5256 §4)', () => {
  type Node = wire.ThreadNode
  const node = (number: number, ...children: Node[]): Node => ({ number, children })
  const write = (...threads: Node[]) => line((w) => wire.writeThread(w, threads))

  test('the example of the RFC', () => {
    const thread = node(3, node(6, node(4, node(23)), node(44, node(7, node(96)))))
    expect(write(node(2), thread)).toBe('* THREAD (2)(3 6 (4 23)(44 7 96))\r\n')
  })

  test('parents that are not there', () => {
    expect(write({ children: [node(3), node(5)] })).toBe('* THREAD ((3)(5))\r\n')
    expect(write({ children: [node(3, node(5))] })).toBe('* THREAD (3 5)\r\n')
    expect(write()).toBe('* THREAD\r\n')
  })

  test('a thread of 100,000 answers, each to the one before', () => {
    let deep = node(100_000)
    for (let i = 99_999; i > 0; i--) deep = node(i, deep)
    expect(write(deep)).toMatch(/^\* THREAD \(1 2 3 .* 100000\)\r\n$/)
    let branched = node(1)
    for (let i = 2; i < 50_000; i++) branched = node(i, branched, node(i))
    expect(write(branched)).toMatch(/\)\r\n$/)
  })
})
