// SEARCH, SORT and THREAD as commands: the forms of their answers.
import { beforeAll, describe, expect, test } from 'vitest'
import { Bad, Refused } from '../../../plugin/errors.ts'
import { FLAG, type FlagSet } from '../../../plugin/mail.ts'
import { FETCH } from '../../../plugin/imap/commands/fetch.ts'
import { SEARCH } from '../../../plugin/imap/commands/search.ts'
import { SORT } from '../../../plugin/imap/commands/sort.ts'
import { THREAD } from '../../../plugin/imap/commands/thread.ts'
import type { Enabled } from '../../../plugin/imap/client.ts'
import type { Lazaret } from '../../../plugin/open.ts'
import { pass, ROOT } from '../../quarantine/rig.ts'
import { BOX, client, mailbox } from '../fetch/client.ts'

const COMMANDS = { FETCH, SEARCH, SORT, THREAD }

const mails: [header: string, body: string, flags: FlagSet, at: string][] = [
  [
    'From: "Zoe" <amy@example.com>\nTo: bob@example.com\nSubject: Re: [list] lunch\nMessage-ID: <b@x>\nReferences: <a@x>\nDate: Tue, 2 Jan 2024 23:30:00 -0800',
    'Second words\n',
    { system: FLAG.seen, keywords: [] },
    '2024-01-05',
  ],
  [
    'From: Adam <zed@example.com>\nTo: "Carl" <carl@example.com>\nSubject: lunch\nMessage-ID: <a@x>\nDate: Mon, 1 Jan 2024 09:00:00 +0000',
    'First words, and more of them\n',
    { system: 0, keywords: ['$Junk'] },
    '2024-01-03',
  ],
  [
    'From: mid@example.com\nTo: ann@example.com\nCc: x@example.com\nSubject: =?utf-8?Q?Gr=C3=B6=C3=9Fe?=\nMessage-ID: <c@x>',
    'Nothing (\n',
    { system: FLAG.flagged, keywords: [] },
    '2024-01-04',
  ],
  [
    'From: mid@example.com\nSubject: a\nX-Odd: NIL\nMessage-ID: <d@x>\nDate: Sat, 6 Jan 2024 00:30:00 +0100',
    'w\n',
    { system: FLAG.seen | FLAG.deleted, keywords: [] },
    '2024-01-06',
  ],
]

let lazaret: Lazaret
beforeAll(async () => {
  lazaret = await mailbox()
  const box = lazaret.quarantine.as(ROOT).folders.find(BOX)
  if (!box) throw new Error('no box')
  await lazaret.quarantine.as(ROOT).messages.append(
    box,
    mails.map(([header, body, flags, at]) => ({
      raw: Buffer.from(`${header}\n\n${body}`.replaceAll('\n', '\r\n')),
      flags,
      date: Date.parse(`${at}T10:00:00Z`),
    })),
  )
})

const connect = (...enabled: Enabled[]) => client(lazaret, COMMANDS, { enabled })
/** The untagged lines. */
const ask = async (line: string, ...enabled: Enabled[]) =>
  (await connect(...enabled).run(line)).replace(/(?:\r\n)?a1 OK done\r\n$/, '')
const search = async (keys: string) => await ask(`SEARCH ${keys}`)

describe('keys', () => {
  test.each([
    ['ALL', '1 2 3 4'],
    ['UNSEEN', '2 3'],
    ['NOT SEEN', '2 3'],
    ['KEYWORD $junk', '2'],
    ['UNKEYWORD $Junk', '1 3 4'],
    ['DELETED', '4'],
    ['RECENT', ''],
    ['NEW', ''],
    ['OLD', '1 2 3 4'],
    ['2:3', '2 3'],
    ['*', '4'],
    ['*:3', '3 4'],
    ['FROM "ZOE"', '1'],
    ['FROM example.com', '1 2 3 4'],
    ['TO carl CC x', ''],
    ['OR TO carl CC x', '2 3'],
    ['SUBJECT NIL', ''], // an atom here (docs/clients.md)
    ['HEADER X-Odd NIL', '4'],
    ['HEADER X-Odd ""', '4'],
    ['HEADER CC ""', '3'],
    ['BODY words', '1 2'],
    ['BODY {7+}\r\nNothing', '3'],
    ['BODY "Nothing ("', '3'],
    ['TEXT lunch', '1 2'],
    ['CHARSET UTF-8 SUBJECT {7+}\r\nGR\xc3\x96SSE', ''], // ß is not ss: no full case folding
    ['CHARSET UTF-8 SUBJECT {7+}\r\nGR\xc3\x96\xc3\x9fe', '3'],
    ['SUBJECT {7+}\r\nGR\xc3\x96\xc3\x9fe', '3'],
    ['CHARSET US-ASCII SUBJECT lunch', '1 2'],
    ['(SEEN DELETED)', '4'],
    ['NOT (SEEN NOT DELETED)', '2 3 4'],
    ['LARGER 100 SMALLER 160', '3 4'],
    ['BEFORE 4-Jan-2024', '2'],
    ['ON 4-Jan-2024', '3'],
    ['SINCE 5-Jan-2024', '1 4'],
    // The day as the sender wrote it, whatever it is in UTC.
    ['SENTON 2-Jan-2024', '1'],
    ['SENTON 3-Jan-2024', ''],
    ['SENTON 6-Jan-2024', '4'],
    ['SENTBEFORE 2-Jan-2024', '2'],
    ['NOT SENTSINCE 1-Jan-2000', '3'],
    ['SAVEDATESUPPORTED', '1 2 3 4'],
    ['SAVEDBEFORE 1-Jan-2024', ''],
    ['SAVEDSINCE 1-Jan-2024', '1 2 3 4'],
    ['YOUNGER 60', ''],
    ['OLDER 60', '1 2 3 4'],
    [`YOUNGER ${Math.ceil((Date.now() - Date.parse('2024-01-04T22:00:00Z')) / 1000)}`, '1 4'],
    ['UID 4294967295', ''],
    ['EMAILID M0_0', ''],
  ])('SEARCH %s', async (keys, found) => {
    expect(await search(keys)).toBe(`* SEARCH${found === '' ? '' : ` ${found}`}`)
  })

  test('EMAILID and THREADID find what FETCH told', async () => {
    const told = await ask('FETCH 2 (EMAILID THREADID)')
    const [, email, thread] = /EMAILID \(([^)]+)\) THREADID \(([^)]+)\)/.exec(told) ?? []
    expect(await search(`EMAILID ${email}`)).toBe('* SEARCH 2')
    expect(await search(`THREADID ${thread}`)).toBe('* SEARCH 1 2')
  })

  test('numbers that are not there, charsets that are not known', async () => {
    expect(await search('5')).toBe('* SEARCH')
    await expect(search('CHARSET X-NONE TEXT a')).rejects.toThrow(Refused)
    await expect(search('CHARSET US-ASCII TEXT {1+}\r\n\xe4')).rejects.toThrow(Bad)
  })
})

describe('MODSEQ (RFC 7162 §3.1.5)', () => {
  test('the answer tells the highest of what was found, and CONDSTORE is on', async () => {
    const box = connect()
    const modseqs = [0, 1, 2, 3].map((index) => box.session.view.modseqAt(index))
    expect(await box.run(`SEARCH MODSEQ ${modseqs[1]} SMALLER 1000`)).toMatch(
      `* SEARCH 2 3 4 (MODSEQ ${modseqs[3]})\r\n`,
    )
    expect(box.session.enabled.has('CONDSTORE')).toBe(true)
    expect(await ask('SEARCH MODSEQ "/flags/\\\\seen" all 1 1')).toBe(
      `* SEARCH 1 (MODSEQ ${modseqs[0]})`,
    )
    expect(await ask('SEARCH OR MODSEQ 99999 NOT ALL')).toBe('* SEARCH')
    // RFC 4731 §3.2: of the messages that are told
    const esearch = async (returns: string) => await ask(`SEARCH RETURN (${returns}) MODSEQ 1`)
    expect(await esearch('MIN')).toBe(`* ESEARCH (TAG "a1") MIN 1 MODSEQ ${modseqs[0]}`)
    expect(await esearch('MAX')).toBe(`* ESEARCH (TAG "a1") MAX 4 MODSEQ ${modseqs[3]}`)
    expect(await esearch('MIN COUNT')).toBe(
      `* ESEARCH (TAG "a1") MIN 1 COUNT 4 MODSEQ ${modseqs[3]}`,
    )
  })
})

describe('ESEARCH (RFC 4731, RFC 9394)', () => {
  test.each([
    ['()', 'ALL', 'ALL 1:4'],
    ['(MIN MAX COUNT ALL)', 'UNSEEN', 'MIN 2 MAX 3 COUNT 2 ALL 2:3'],
    ['(ALL)', 'OR 1 4', 'ALL 1,4'],
    ['(MIN MAX ALL)', 'KEYWORD none', ''],
    ['(COUNT)', 'KEYWORD none', 'COUNT 0'],
    ['(PARTIAL 2:3)', 'ALL', 'PARTIAL (2:3 2:3)'],
    ['(PARTIAL -1:-1 COUNT)', 'SEEN', 'COUNT 2 PARTIAL (-1:-1 4)'],
    ['(PARTIAL 10:20)', 'ALL', 'PARTIAL (10:20 NIL)'],
  ])('RETURN %s %s', async (returns, keys, result) => {
    expect(await search(`RETURN ${returns} ${keys}`)).toBe(
      `* ESEARCH (TAG "a1")${result === '' ? '' : ` ${result}`}`,
    )
  })

  test('UID SEARCH, and IMAP4rev2 which knows no other form', async () => {
    const uids = [...connect().session.view.uids]
    expect(await ask('UID SEARCH 2:3')).toBe(`* SEARCH ${uids[1]} ${uids[2]}`)
    expect(await ask('UID SEARCH RETURN (MIN) UNSEEN')).toBe(
      `* ESEARCH (TAG "a1") UID MIN ${uids[1]}`,
    )
    expect(await ask('SEARCH UNSEEN', 'IMAP4REV2')).toBe('* ESEARCH (TAG "a1") ALL 2:3')
    expect(await ask(`UID SEARCH UID ${uids[3]}:*`, 'IMAP4REV2')).toBe(
      `* ESEARCH (TAG "a1") UID ALL ${uids[3]}`,
    )
  })
})

describe('SEARCHRES (RFC 5182)', () => {
  test.each([
    ['(SAVE) UNSEEN', '2 3'],
    ['(SAVE MIN) UNSEEN', '2'],
    ['(SAVE MIN MAX) ALL', '1 4'],
    ['(SAVE MIN COUNT) UNSEEN', '2 3'],
    ['(SAVE PARTIAL 1:1) UNSEEN', '2'],
    ['(SAVE PARTIAL 1:1 MAX) ALL', '1 4'],
    ['(SAVE) KEYWORD none', ''],
  ])('RETURN %s', async (keys, saved) => {
    const box = connect()
    const said = await box.run(`SEARCH RETURN ${keys}`)
    expect(said.startsWith('* ESEARCH')).toBe(!keys.startsWith('(SAVE)'))
    expect(await box.run('SEARCH $')).toBe(`* SEARCH${saved && ` ${saved}`}\r\na1 OK done\r\n`)
    const fetched = (await box.run('FETCH $ FLAGS')).match(/^\* \d+/gm) ?? []
    expect(fetched.map((line) => line.slice(2)).join(' ')).toBe(saved)
  })

  test('a search may use the result that it replaces', async () => {
    const box = connect()
    await box.run('SEARCH RETURN (SAVE) UNSEEN')
    await box.run('UID SEARCH RETURN (SAVE) UID $ FLAGGED')
    expect(await box.run('SEARCH $')).toContain('* SEARCH 3\r\n')
    // RFC 5182 §2.1: BAD leaves it as it was
    await expect(box.run('SEARCH RETURN (SAVE) SEVEN')).rejects.toThrow(Bad)
    expect(await box.run('SEARCH NOT $')).toContain('* SEARCH 1 2 4\r\n')
  })

  test.each(['SEARCH RETURN (SAVE) CHARSET KLINGON ALL', 'SORT RETURN (SAVE) (DATE) KLINGON ALL'])(
    '§2.1: NO empties it: %s',
    async (refused) => {
      const box = connect()
      await box.run('SEARCH RETURN (SAVE) UNSEEN')
      await expect(box.run(refused)).rejects.toThrow(Refused)
      expect(await box.run('SEARCH $')).toContain('* SEARCH\r\n')
    },
  )
})

describe('SORT (RFC 5256, RFC 5957, RFC 5267)', () => {
  test.each([
    ['(ARRIVAL)', '2 3 1 4'],
    ['(REVERSE ARRIVAL)', '4 1 3 2'],
    ['(DATE)', '2 1 3 4'], // without a Date it is the internal date
    ['(SIZE)', '4 3 2 1'],
    ['(SUBJECT)', '4 3 1 2'],
    ['(SUBJECT REVERSE ARRIVAL)', '4 3 1 2'],
    ['(SUBJECT ARRIVAL)', '4 3 2 1'],
    ['(FROM)', '1 3 4 2'],
    ['(REVERSE FROM)', '2 3 4 1'],
    ['(DISPLAYFROM)', '2 3 4 1'],
    ['(TO)', '4 3 1 2'],
    ['(DISPLAYTO)', '4 3 1 2'],
    ['(CC)', '1 2 4 3'],
  ])('SORT %s', async (criteria, order) => {
    expect(await ask(`SORT ${criteria} UTF-8 ALL`)).toBe(`* SORT ${order}`)
  })

  test('keys, RETURN, UID, no result', async () => {
    const uids = [...connect().session.view.uids]
    expect(await ask('SORT (REVERSE ARRIVAL) US-ASCII UNSEEN')).toBe('* SORT 3 2')
    expect(await ask('SORT (ARRIVAL) UTF-8 KEYWORD none')).toBe('* SORT')
    expect(await ask('UID SORT (ARRIVAL) UTF-8 1:2')).toBe(`* SORT ${uids[1]} ${uids[0]}`)
    expect(await ask('SORT RETURN (MIN MAX COUNT ALL) (REVERSE ARRIVAL) UTF-8 ALL')).toBe(
      '* ESEARCH (TAG "a1") MIN 4 MAX 2 COUNT 4 ALL 4,1,3,2',
    )
    expect(await ask('SORT RETURN (PARTIAL 2:3) (ARRIVAL) UTF-8 ALL')).toBe(
      '* ESEARCH (TAG "a1") PARTIAL (2:3 3,1)',
    )
    await expect(ask('SORT (ARRIVAL) X-NONE ALL')).rejects.toThrow(Refused)
  })
})

describe('THREAD (RFC 5256)', () => {
  test('both algorithms', async () => {
    expect(await ask('THREAD REFERENCES UTF-8 ALL')).toBe('* THREAD (2 1)(3)(4)')
    expect(await ask('THREAD ORDEREDSUBJECT UTF-8 ALL')).toBe('* THREAD (2 1)(3)(4)')
    expect(await ask('THREAD REFERENCES UTF-8 NOT 2')).toBe('* THREAD (1)(3)(4)')
    expect(await ask('THREAD REFERENCES UTF-8 KEYWORD none')).toBe('* THREAD')
    const uids = [...connect().session.view.uids]
    expect(await ask('UID THREAD REFERENCES UTF-8 1:2')).toBe(`* THREAD (${uids[1]} ${uids[0]})`)
    await expect(ask('THREAD REFS UTF-8 ALL')).rejects.toThrow(Bad)
  })
})

test('what is gone for good meanwhile is found by its flags alone', async () => {
  const { run, session } = connect()
  const { quarantine } = lazaret
  const uid = session.view.uidAt(3)
  await quarantine.as(ROOT).messages.expunge(session.view.folder, [uid])
  await pass(lazaret, 3 * 86_400_000)
  expect(await run('SEARCH DELETED')).toContain('* SEARCH 4\r\n')
  expect(await run('SEARCH SMALLER 1000')).toContain('* SEARCH 1 2 3\r\n')
  expect(await run('SEARCH NOT TEXT none')).toContain('* SEARCH 1 2 3\r\n')
  expect(await run('SORT (SIZE) UTF-8 DELETED')).toContain('* SORT\r\n')
})
