import { describe, expect, test } from 'vitest'
import { Bad } from '../../../plugin/errors.ts'
import * as wire from '../../../plugin/imap/wire/index.ts'
import { bytes, parse, steps } from './drive.ts'

const one = (from: number, to = from) => [{ from, to }]

const select = (text: string) => parse(wire.parseSelect, `SELECT ${text}`)
const list = (text: string) => parse(wire.parseList, `LIST ${text}`)
const store = (text: string) => parse(wire.parseStore, `STORE ${text}`)
const append = (text: string) => parse(wire.parseAppend, `APPEND ${text}`)
const starts = (text: string) =>
  steps([bytes(`t APPEND ${text}`)]).flatMap((step) =>
    step.kind === 'literal' ? [wire.parseAppendStart(step.start)] : [],
  )
const login = (text: string) => parse(wire.parseLogin, `LOGIN ${text}`)
const id = (text: string) => parse(wire.parseId, `ID ${text}`)
const setAcl = (text: string) => parse((r) => wire.parseAcl(r, { rights: true }), text)
const authenticate = (text: string) => parse(wire.parseAuthenticate, `AUTHENTICATE ${text}`)
const notify = (text: string) => parse(wire.parseNotify, `NOTIFY ${text}`)

describe('SELECT (RFC 9051 §6.3.2, RFC 7162)', () => {
  test.each<[string, object]>([
    ['inbox', { mailbox: 'INBOX', condstore: false }],
    ['"a b" (CONDSTORE)', { mailbox: 'a b', condstore: true }],
    ['x (QRESYNC (1 2))', { qresync: { uidValidity: 1, modseq: 2 } }],
    ['x (QRESYNC (1 2 1:3))', { qresync: { knownUids: one(1, 3) } }],
    [
      'box (QRESYNC (1 2 1:3 (1:3 1:3)))',
      { qresync: { knownUids: one(1, 3), match: { sequence: one(1, 3), uids: one(1, 3) } } },
    ],
    ['x (QRESYNC (1 2 (1 5)))', { qresync: { match: { sequence: one(1), uids: one(5) } } }],
    [
      'x (condstore qresync (7 9007199254740991))',
      { condstore: true, qresync: { uidValidity: 7 } },
    ],
  ])('%s', (text, expected) => {
    expect(select(text)).toMatchObject(expected)
  })

  test.each([
    '',
    'x y',
    'x ()',
    'x (FOO)',
    'x (QRESYNC)',
    'x (QRESYNC ())',
    'x (QRESYNC (0 1))',
    'x (QRESYNC (1))',
    'x (QRESYNC (1 2 1:*))',
    'x (QRESYNC (1 2 1:3 (1:3)))',
    'x (QRESYNC (1 2 1:3 (1:3 1:3) 4))',
    'x (QRESYNC (1 2',
  ])('%j is bad', (text) => {
    expect(() => select(text)).toThrow(Bad)
  })
})

describe('LIST (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154)', () => {
  test('basic', () => {
    expect(list('"" x/%')).toMatchObject({ reference: '', patterns: ['x/%'], extended: false })
    expect(list('a/ *')).toMatchObject({ reference: 'a/', joined: ['a/*'] })
    expect(list('"" ""')).toMatchObject({ patterns: [''] })
    expect(list('"" "Release &- *"').joined).toEqual(['Release & *'])
    expect(list('"" "Release & *"').joined).toEqual(['Release & *'])
    expect(list('"" inbox').joined).toEqual(['INBOX'])
  })

  test('extended', () => {
    expect(list('(subscribed) "" "*" return (special-use)')).toMatchObject({
      extended: true,
      select: new Set(['SUBSCRIBED']),
      returns: new Set(['SPECIAL-USE']),
    })
    expect(list('() "" ("INBOX" "a/%" b)').patterns).toEqual(['INBOX', 'a/%', 'b'])
    expect(list('(SUBSCRIBED RECURSIVEMATCH REMOTE) "" *').select.size).toBe(3)
    expect(list('"" % RETURN ()')).toMatchObject({ extended: true })
    const full = list('"" * RETURN (SUBSCRIBED CHILDREN MYRIGHTS STATUS (MESSAGES UNSEEN))')
    expect(full.returns).toEqual(new Set(['SUBSCRIBED', 'CHILDREN', 'MYRIGHTS']))
    expect(full.status).toEqual(['MESSAGES', 'UNSEEN'])
  })

  test.each([
    '',
    '""',
    '"" ',
    '"" * foo',
    '(FOO) "" *',
    '(RECURSIVEMATCH) "" *',
    '(RECURSIVEMATCH REMOTE) "" *',
    '"" ()',
    '"" (a',
    '"" * RETURN',
    '"" * RETURN (FOO)',
    '"" * RETURN (STATUS)',
    '"" * RETURN (STATUS ())',
    `"" ${'x'.repeat(2000)}`,
    `"" (${Array(65).fill('x').join(' ')})`,
  ])('%j is bad', (text) => {
    expect(() => list(text)).toThrow(Bad)
  })

  test('LSUB and XLIST have no options', () => {
    expect(parse(wire.parseLsub, 'LSUB "" *')).toMatchObject({ joined: ['*'], extended: false })
    expect(() => parse(wire.parseLsub, 'LSUB "" (a b)')).toThrow(Bad)
    expect(() => parse(wire.parseLsub, 'LSUB "" * RETURN (CHILDREN)')).toThrow(Bad)
  })
})

describe('STATUS (RFC 9051 §6.3.11)', () => {
  test('every item, once', () => {
    const items =
      'MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE HIGHESTMODSEQ MAILBOXID APPENDLIMIT DELETED-STORAGE'
    const status = parse(wire.parseStatus, `STATUS x (${items} messages)`)
    expect(status).toEqual({ mailbox: 'x', items: items.split(' ') })
  })

  test.each(['x', 'x ()', 'x MESSAGES', 'x (FOO)', '(MESSAGES)'])('%j is bad', (text) => {
    expect(() => parse(wire.parseStatus, `STATUS ${text}`)).toThrow(Bad)
  })
})

describe('STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3)', () => {
  test.each<[string, object]>([
    ['1 FLAGS ()', { mode: 'replace', silent: false, flags: [] }],
    ['1 +FLAGS (\\Deleted \\Seen)', { mode: 'add', silent: false, flags: ['\\Deleted', '\\Seen'] }],
    ['1:* -flags.silent \\deleted', { mode: 'remove', silent: true, flags: ['\\Deleted'] }],
    ['$ +FLAGS (Junk)', { set: wire.SAVED, flags: ['Junk'] }],
    ['1 FLAGS \\Seen Old', { flags: ['\\Seen', 'Old'] }],
    ['1 (UNCHANGEDSINCE 0) +FLAGS.SILENT (\\Deleted)', { unchangedSince: 0, silent: true }],
  ])('%s', (text, expected) => {
    expect(store(text)).toMatchObject(expected)
  })

  test.each([
    '1',
    '1 FLAGS',
    '1 FLAGS ',
    '1 *FLAGS ()',
    '1 FLAGS.LOUD ()',
    '1 FLAGS (\\Seen',
    '1 FLAGS () x',
    '1 () FLAGS ()',
    '1 (UNCHANGEDSINCE) FLAGS ()',
    '1 (FOO 1) FLAGS ()',
    'x FLAGS ()',
    `1 FLAGS ${Array(200).fill('x').join(' ')}`,
  ])('%j is bad', (text) => {
    expect(() => store(text)).toThrow(Bad)
  })
})

describe('APPEND (RFC 9051 §6.3.12, RFC 3502, RFC 6855)', () => {
  test('one message', () => {
    expect(append('x {3}\r\nabc')).toMatchObject({
      mailbox: 'x',
      messages: [{ flags: [], date: undefined, bytes: bytes('abc'), binary: false, utf8: false }],
    })
    const full = append('x (\\Seen) " 1-Feb-2026 08:30:00 +0100" {1+}\r\n\0')
    expect(full.messages[0]).toMatchObject({
      flags: ['\\Seen'],
      date: { time: Date.parse('2026-02-01T07:30Z'), zone: 60 },
      bytes: bytes('\0'),
    })
    expect(append('x "01-Feb-2026 08:30:00 +0000" ~{1}\r\n\0').messages[0].binary).toBe(true)
    expect(append('x UTF8 (~{2}\r\nhi)').messages[0]).toMatchObject({ utf8: true, binary: true })
    expect(append('{1}\r\ny {0}\r\n')).toMatchObject({ mailbox: 'y' })
  })

  test('several messages', () => {
    const { messages } = append('x {1}\r\na (\\Seen) {1}\r\nb utf8 (~{1+}\r\nc) {0}\r\n')
    expect(messages.map((message) => message.bytes.toString())).toEqual(['a', 'b', 'c', ''])
    expect(messages.map((message) => message.flags.length)).toEqual([0, 1, 0, 0])
  })

  test.each([
    'x',
    'x ',
    'x "abc"',
    'x (\\Seen)',
    'x (\\Seen) abc',
    'x " 1-Feb-2026 08:30:00 +0100" (\\Seen) {1}\r\na',
    'x{1}\r\na',
    'x {1}\r\na{1}\r\nb',
    'x {1}\r\na b',
    'x UTF8 ({1}\r\na)',
    'x UTF8 (~{1}\r\na',
    'x CATENATE (URL "x")',
    '{1}\r\nx',
  ])('%j is bad', (text) => {
    expect(() => append(text)).toThrow(Bad)
  })

  test('the start is known before the literal is accepted', () => {
    expect(starts('Released " 1-Feb-2026 08:30:00 +0000" {9999}\r\n')).toMatchObject([
      { mailbox: 'Released', next: { date: { zone: 0 }, flags: [] } },
    ])
    expect(starts('{3}\r\nbox (\\Seen) {3}\r\nabc UTF8 (~{4}\r\n')).toMatchObject([
      undefined,
      { mailbox: 'box', next: { flags: ['\\Seen'], utf8: false } },
      { mailbox: 'box', next: { flags: [], utf8: true } },
    ])
  })

  test.each(['a b {3}\r\n', 'a( {3}\r\n', 'x{3}\r\n'])('a wrong start %j is bad', (text) => {
    expect(() => starts(text)).toThrow(Bad)
  })
})

describe('commands with few arguments', () => {
  test('LOGIN', () => {
    expect(login('joe "a b"')).toEqual({ user: 'joe', password: 'a b' })
    expect(login('{3}\r\njoe {3+}\r\n"\\"')).toEqual({ user: 'joe', password: '"\\"' })
    expect(login('nil ""')).toEqual({ user: 'nil', password: '' })
    for (const text of ['', 'joe', 'joe ', 'joe a b', '(joe) x']) {
      expect(() => login(text)).toThrow(Bad)
    }
  })

  test('commands without arguments', () => {
    expect(() => parse(wire.parseNothing, 'NOOP')).not.toThrow()
    expect(() => parse(wire.parseNothing, 'NOOP ')).not.toThrow()
    expect(() => parse(wire.parseNothing, 'NOOP x')).toThrow(Bad)
  })

  test('one mailbox', () => {
    expect(parse(wire.parseMailbox, 'DELETE "a b"')).toBe('a b')
    expect(() => parse(wire.parseMailbox, 'DELETE')).toThrow(Bad)
    expect(() => parse(wire.parseMailbox, 'DELETE a b')).toThrow(Bad)
  })

  test('CREATE (RFC 6154 §3) and RENAME', () => {
    expect(parse(wire.parseCreate, 'CREATE a/')).toEqual({ mailbox: 'a', use: [] })
    expect(parse(wire.parseCreate, 'CREATE T (USE (\\Trash \\Sent))').use).toEqual([
      '\\Trash',
      '\\Sent',
    ])
    expect(() => parse(wire.parseCreate, 'CREATE T (USE \\Trash)')).toThrow(Bad)
    expect(parse(wire.parseRename, 'RENAME inbox "b c"')).toEqual({ from: 'INBOX', to: 'b c' })
    expect(() => parse(wire.parseRename, 'RENAME a')).toThrow(Bad)
  })

  test('COPY, MOVE, UID EXPUNGE', () => {
    expect(parse(wire.parseCopy, 'UID MOVE 1 "Released"')).toEqual({
      set: one(1),
      mailbox: 'Released',
    })
    expect(parse(wire.parseCopy, 'COPY $ x').set).toBe(wire.SAVED)
    expect(() => parse(wire.parseCopy, 'COPY 1')).toThrow(Bad)
    expect(parse(wire.parseUidExpunge, 'UID EXPUNGE 3:5')).toEqual(one(3, 5))
    expect(() => parse(wire.parseUidExpunge, 'UID EXPUNGE')).toThrow(Bad)
  })

  test('ENABLE', () => {
    expect(parse(wire.parseEnable, 'ENABLE UTF8=ACCEPT condstore CONDSTORE')).toEqual([
      'UTF8=ACCEPT',
      'CONDSTORE',
    ])
    expect(() => parse(wire.parseEnable, 'ENABLE')).toThrow(Bad)
  })

  test('ID (RFC 2971)', () => {
    expect(id('NIL').size).toBe(0)
    expect(id('()').size).toBe(0)
    expect(id('("Name" "x" "os" NIL "v" "")')).toEqual(
      new Map([
        ['name', 'x'],
        ['os', null],
        ['v', ''],
      ]),
    )
    const pairs = Array.from({ length: 200 }, (_, i) => `"f${i}" "v${i}"`)
    expect(id(`(${pairs.join(' ')})`).size).toBe(200)
    expect(() => id('("a")')).toThrow(Bad)
    expect(() => id('(a "b")')).toThrow(Bad)
    // The client breaks RFC 2971 §3.3, and nothing else: how long a command may be bounds it.
    const many = Array.from({ length: 3000 }, (_, i) => `"f${i}" "v${i}"`)
    expect(id(`(${many.join(' ')})`).size).toBe(3000)
  })

  test('COMPRESS, quotas and rights', () => {
    expect(parse(wire.parseCompress, 'COMPRESS deflate')).toBe('DEFLATE')
    expect(parse(wire.parseGetQuota, 'GETQUOTA ""')).toBe('')
    const quota = parse(wire.parseSetQuota, 'SETQUOTA "" (STORAGE 512 message 9)')
    expect(quota.limits).toEqual(
      new Map([
        ['STORAGE', 512],
        ['MESSAGE', 9],
      ]),
    )
    expect(setAcl('SETACL x joe +lrs')).toEqual({ mailbox: 'x', identifier: 'joe', rights: '+lrs' })
    expect(setAcl('SETACL x joe ""').rights).toBe('')
    expect(() => setAcl('SETACL x joe LRS')).toThrow(Bad)
    expect(parse((r) => wire.parseAcl(r, { rights: false }), 'LISTRIGHTS x joe')).toEqual({
      mailbox: 'x',
      identifier: 'joe',
      rights: undefined,
    })
  })
})

describe('AUTHENTICATE (RFC 9051 §6.2.2, RFC 4959)', () => {
  test('mechanism and initial response', () => {
    expect(authenticate('plain')).toEqual({ mechanism: 'PLAIN', initial: undefined })
    expect(authenticate('PLAIN =').initial).toEqual(Buffer.alloc(0))
    expect(authenticate('PLAIN AGpvZQBwdw==').initial?.toString()).toBe('\0joe\0pw')
    expect(authenticate('SCRAM-SHA-256 biws').mechanism).toBe('SCRAM-SHA-256')
    for (const text of [
      '',
      'PLAIN ',
      'PLAIN ==',
      'PLAIN a',
      'PLAIN AGp',
      'PLAIN a b',
      'PLAIN "x"',
    ]) {
      expect(() => authenticate(text)).toThrow(Bad)
    }
  })

  test('lines of the exchange', () => {
    expect(wire.readSaslLine(bytes('*'))).toBe('cancel')
    expect(wire.readSaslLine(bytes(''))).toEqual(Buffer.alloc(0))
    expect(wire.readSaslLine(bytes('aGk='))).toEqual(bytes('hi'))
    for (const line of ['a', 'aGk', 'aGk==', 'a-_b', ' aGk=', 'aGk=\n', '**', 'aGk=aGk=']) {
      expect(() => wire.readSaslLine(bytes(line))).toThrow(Bad)
    }
  })

  test('DONE', () => {
    expect(['DONE', 'done', ' Done '].map((line) => wire.isDone(bytes(line)))).toEqual([
      true,
      true,
      true,
    ])
    expect(['', 'a DONE', 'DONE x'].map((line) => wire.isDone(bytes(line)))).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('NOTIFY (RFC 5465)', () => {
  test('the examples of the RFC', () => {
    expect(notify('NONE')).toBe('none')
    expect(
      notify(
        'SET STATUS (selected (MessageNew (uid body.peek[header.fields (From)]) MessageExpunge))',
      ),
    ).toMatchObject({
      status: true,
      groups: [{ filter: 'SELECTED', events: ['MessageNew', 'MessageExpunge'] }],
    })
    expect(
      notify('SET (subtree Lists (MessageNew MessageExpunge)) (mailboxes (a b) NONE)'),
    ).toMatchObject({
      status: false,
      groups: [
        { filter: 'SUBTREE', mailboxes: ['Lists'] },
        { filter: 'MAILBOXES', mailboxes: ['a', 'b'], events: [] },
      ],
    })
    expect(notify('SET (personal (MailboxName subscriptionchange FooBar))')).toMatchObject({
      groups: [{ filter: 'PERSONAL', events: ['MailboxName', 'SubscriptionChange', 'FooBar'] }],
    })
  })

  test.each([
    '',
    'SET',
    'NONE x',
    'SET ()',
    'SET (foo (MessageNew MessageExpunge))',
    'SET (selected (MessageNew))',
    'SET (selected (FlagChange))',
    'SET (inboxes (MessageNew (uid) MessageExpunge))',
    'SET (subtree (MessageNew MessageExpunge))',
    'SET (selected ())',
    'SET (selected (MessageNew () MessageExpunge))',
    'SET STATUS',
  ])('%j is bad', (text) => {
    expect(() => notify(text)).toThrow(Bad)
  })
})
