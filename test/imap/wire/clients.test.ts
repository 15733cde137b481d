// Commands that real clients send, and inputs that other parsers refuse (docs/clients.md).
import { describe, expect, test } from 'vitest'
import * as wire from '../../../plugin/imap/wire/index.ts'
import { bytes, parse, steps } from './drive.ts'

describe('inputs that other parsers refuse or die of, all valid', () => {
  test('LIST "" x/%', () => {
    expect(parse(wire.parseList, 'LIST "" x/%').joined).toEqual(['x/%'])
  })

  test('FETCH 1,* UID', () => {
    expect(parse((r) => wire.parseFetch(r, { uid: false }), 'FETCH 1,* UID')).toMatchObject({
      set: [
        { from: 1, to: 1 },
        { from: wire.STAR, to: wire.STAR },
      ],
      items: [{ kind: 'UID' }],
    })
  })

  test('SEARCH *:3', () => {
    const { keys } = parse(wire.parseSearch, 'SEARCH *:3')
    expect(keys).toEqual([{ key: 'seq', set: [{ from: wire.STAR, to: 3 }] }])
  })

  test('SELECT box (QRESYNC (1 2 1:3 (1:3 1:3)))', () => {
    const set = [{ from: 1, to: 3 }]
    expect(parse(wire.parseSelect, 'SELECT box (QRESYNC (1 2 1:3 (1:3 1:3)))')).toEqual({
      mailbox: 'box',
      condstore: false,
      qresync: { uidValidity: 1, modseq: 2, knownUids: set, match: { sequence: set, uids: set } },
    })
  })

  test('BINARY.PEEK[1]<0.10>', () => {
    const { items } = parse(
      (r) => wire.parseFetch(r, { uid: false }),
      'FETCH 1 BINARY.PEEK[1]<0.10>',
    )
    expect(items).toEqual([
      {
        kind: 'BINARY',
        section: { path: [1], text: '', fields: [] },
        peek: true,
        octets: { offset: 0, length: 10 },
      },
    ])
  })

  test('SEARCH SUBJECT NIL is an atom, and "" is not NIL', () => {
    const [nil, empty] = parse(wire.parseSearch, 'SEARCH SUBJECT NIL SUBJECT ""').keys
    expect(nil).toEqual({ key: 'header', field: 'SUBJECT', value: 'NIL' })
    expect(empty).toEqual({ key: 'header', field: 'SUBJECT', value: '' })
  })

  test('long ID lists', () => {
    const pairs = Array.from(
      { length: 100 },
      (_, i) => `"${'n'.repeat(60)}${i}" "${'v'.repeat(500)}"`,
    )
    expect(parse(wire.parseId, `ID (${pairs.join(' ')})`).size).toBe(100)
  })
})

describe('what clients send', () => {
  test.each<[string, (reader: wire.Reader) => unknown, string]>([
    ['Thunderbird', wire.parseCopy, 'UID MOVE 1 "Released"'],
    ['Thunderbird', wire.parseStore, 'UID STORE 1 +FLAGS (\\Deleted \\Seen)'],
    ['Thunderbird', wire.parseList, 'list (subscribed) "" "*" return (special-use)'],
    ['Thunderbird', wire.parseStore, 'UID STORE 4 -FLAGS (NonJunk)'],
    ['Thunderbird', wire.parseAppend, 'append "Released" " 1-Feb-2026 08:30:00 +0000" {3+}\r\nabc'],
    ['mutt', wire.parseEnable, 'ENABLE UTF8=ACCEPT'],
    ['mutt', wire.parseStore, 'UID STORE 1 +FLAGS.SILENT (\\Deleted)'],
    ['alpine', wire.parseStore, 'STORE 1 +FLAGS (\\DELETED)'],
    ['mbsync', wire.parseAppend, 'APPEND "Not Spam" (\\Seen) {3}\r\nabc'],
    ['interimap', wire.parseSelect, 'SELECT INBOX (QRESYNC (1700000000 42 1:9))'],
    ['macOS Mail', (r) => wire.parseFetch(r, { uid: false }), 'FETCH 1:9 (FLAGS UID)'],
    ['macOS Mail', wire.parseLsub, 'LSUB "" *'],
    ['Outlook', wire.parseLsub, 'XLIST "" "*"'],
    ['iOS', wire.parseId, 'ID ("name" "com.apple.email.maild" "version" "1.0" "os" NIL)'],
    [
      'fetchmail',
      (r) => wire.parseFetch(r, { uid: false }),
      'FETCH 1 (RFC822.HEADER BODY.PEEK[TEXT])',
    ],
    [
      'imapflow',
      (r) => wire.parseFetch(r, { uid: true }),
      'UID FETCH 1:* (UID FLAGS BODYSTRUCTURE ENVELOPE INTERNALDATE RFC822.SIZE EMAILID THREADID ' +
        'BODY.PEEK[HEADER.FIELDS (References)]) (CHANGEDSINCE 17)',
    ],
  ])('%s: %#', (_, fn, text) => {
    expect(() => parse(fn, text)).not.toThrow()
  })

  test('python imaplib: a name that is not encoded', () => {
    expect(parse(wire.parseSelect, 'SELECT "Release & Train"').mailbox).toBe('Release & Train')
  })

  test('ten thousand commands in one packet', () => {
    const packet = Array.from({ length: 10_000 }, (_, i) => `a${i} NOOP\r\n`).join('')
    const tags = steps([bytes(packet)]).map((step) => step.kind === 'command' && step.command.tag)
    expect(tags).toHaveLength(10_000)
    expect(tags[9_999]).toBe('a9999')
  })
})
