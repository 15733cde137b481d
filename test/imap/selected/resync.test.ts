// CONDSTORE and QRESYNC (RFC 7162), ENABLE, and the two revisions of IMAP4.
import { beforeEach, describe, expect, test } from 'vitest'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

let server: Running
let client: WireClient
beforeEach(async () => {
  server = await startServer()
  await server.hold(4)
  client = await server.logIn()
})

const codeOf = (lines: string[], name: string): string =>
  lines.map((line) => new RegExp(`\\[${name} ([^\\]]*)\\]`).exec(line)?.[1]).find(Boolean) ?? ''

test('SELECT with QRESYNC tells what vanished and what changed since', async () => {
  const before = await client.ok('SELECT Caught')
  const validity = codeOf(before, 'UIDVALIDITY')
  const modseq = codeOf(before, 'HIGHESTMODSEQ')
  const uids = (await client.ok('FETCH 1:* UID')).map((line) => /UID (\d+)/.exec(line)![1])
  const other = await server.logIn()
  await other.ok('SELECT Caught')
  await other.ok('STORE 3 +FLAGS (\\Answered)')
  await other.ok('UID MOVE 1:' + uids[1] + ' Spam')

  const offline = await server.logIn()
  expect((await offline.command(`SELECT Caught (QRESYNC (${validity} ${modseq}))`)).tagged).toMatch(
    /^BAD/,
  )
  await offline.ok('ENABLE QRESYNC')
  const since = async (args: string): Promise<string[]> =>
    (await offline.ok(`SELECT Caught (QRESYNC (${args}))`)).filter((line) =>
      /FETCH|VANISHED/.test(line),
    )
  const changed = expect.stringMatching(
    new RegExp(
      `^\\* 1 FETCH \\(UID ${uids[2]} FLAGS \\(\\\\Answered \\\\Seen\\) MODSEQ \\(\\d+\\)\\)$`,
    ),
  )
  expect(await since(`${validity} ${modseq}`)).toEqual([
    `* VANISHED (EARLIER) ${uids[0]}:${uids[1]}`,
    changed,
  ])
  expect(await since(`${validity} ${modseq} ${uids[1]},${uids[3]}`)).toEqual([
    `* VANISHED (EARLIER) ${uids[1]}`,
  ])
  expect(await since(`${validity} ${modseq} 1:${uids[3]} (1:4 ${uids.join()})`)).toEqual([
    `* VANISHED (EARLIER) ${uids[0]}:${uids[1]}`,
    changed,
  ])
  expect(await since(`${Number(validity) + 1} ${modseq}`)).toEqual([])
  const now = codeOf(await offline.ok('SELECT Caught'), 'HIGHESTMODSEQ')
  expect(await since(`${validity} ${now}`)).toEqual([])
})

test('HIGHESTMODSEQ grows with every change of the folder, and is told after expunges', async () => {
  await client.ok('ENABLE QRESYNC')
  const first = Number(codeOf(await client.ok('SELECT Caught'), 'HIGHESTMODSEQ'))
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)')
  const { untagged, tagged } = await client.command('EXPUNGE')
  expect(untagged).toEqual([expect.stringMatching(/^\* VANISHED \d+$/)])
  const second = Number(codeOf([tagged], 'HIGHESTMODSEQ'))
  expect(second).toBeGreaterThan(first)
  const status = await client.ok('STATUS Caught (HIGHESTMODSEQ)')
  expect(status).toEqual([`* STATUS Caught (HIGHESTMODSEQ ${second})`])
  const again = Number(codeOf(await client.ok('SELECT Caught'), 'HIGHESTMODSEQ'))
  expect(again).toBe(second)
})

describe('ENABLE', () => {
  test('tells what is new', async () => {
    expect(await client.ok('ENABLE CONDSTORE X-UNKNOWN')).toEqual(['* ENABLED CONDSTORE'])
    expect(await client.ok('ENABLE condstore UTF8=ACCEPT IMAP4rev2')).toEqual([
      '* ENABLED UTF8=ACCEPT IMAP4rev2',
    ])
  })

  test('in a selected mailbox tells where it stands', async () => {
    await client.ok('SELECT Caught')
    expect(await client.ok('ENABLE CONDSTORE')).toContainEqual(
      expect.stringMatching(/^\* OK \[HIGHESTMODSEQ \d+\]/),
    )
  })
})

describe('SELECT', () => {
  test('of IMAP4rev1 tells RECENT and UNSEEN, of IMAP4rev2 LIST instead', async () => {
    const one = await client.ok('SELECT Caught')
    expect(one).toContain('* 4 RECENT')
    await client.ok('STORE 3 -FLAGS (\\Seen)')
    expect(codeOf(await client.ok('SELECT Caught'), 'UNSEEN')).toBe('3')
    await client.ok('ENABLE IMAP4rev2')
    const two = await client.ok('SELECT "Release and Train"')
    expect(two).toContain('* OK [CLOSED] The previous folder is closed')
    expect(two).toContain('* LIST () "/" "Release & Train"')
    expect(two.some((line) => line.includes('RECENT'))).toBe(false)
  })

  test('that fails leaves no mailbox selected', async () => {
    await client.ok('SELECT Caught')
    expect((await client.command('SELECT Nothing')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
    expect((await client.command('FETCH 1 UID')).tagged).toMatch(/^BAD/)
  })
})
