// Several sessions on one mailbox: what each is told, and when (RFC 9051 §7.5.1).
import { beforeEach, describe, expect, test } from 'vitest'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

let server: Running
let one: WireClient
let two: WireClient
beforeEach(async () => {
  server = await startServer()
  await server.hold(4)
  one = await server.logIn()
  two = await server.logIn()
  for (const client of [one, two]) await client.ok('SELECT Caught')
})

describe('another session', () => {
  test('is told of flags, expunges and new messages by NOOP', async () => {
    await one.ok('STORE 2 +FLAGS (\\Flagged)')
    await one.ok('UID MOVE 1:* Release')
    await server.hold(1)
    expect(await two.ok('NOOP')).toEqual([
      '* 4 EXPUNGE',
      '* 3 EXPUNGE',
      '* 2 EXPUNGE',
      '* 1 EXPUNGE',
      '* 1 EXISTS',
      '* 1 RECENT',
    ])
    await one.ok('NOOP')
    await one.ok('STORE 1 -FLAGS (\\Seen)')
    expect(await two.ok('NOOP')).toEqual(['* 1 FETCH (FLAGS (\\Recent))'])
    expect(await two.ok('NOOP')).toEqual([])
  })

  test.each(['FETCH 3 UID', 'STORE 3 +FLAGS (\\Answered)', 'SEARCH ALL'])(
    'is not told of an expunge while %s runs: its numbers stay',
    async (command) => {
      await one.ok('STORE 1 +FLAGS (\\Deleted)')
      await one.ok('EXPUNGE')
      const during = await two.ok(command)
      expect(during.filter((line) => line.includes('EXPUNGE'))).toEqual([])
      const [third] = await two.ok('FETCH 3 UID')
      const [fourth] = await two.ok('FETCH 4 UID')
      expect(await two.ok('NOOP')).toContain('* 1 EXPUNGE')
      expect((await two.ok('FETCH 2 UID'))[0].slice(4)).toBe(third.slice(4))
      expect((await two.ok('FETCH 3 UID'))[0].slice(4)).toBe(fourth.slice(4))
    },
  )

  test('is told of it by a UID form', async () => {
    await one.ok('STORE 1 +FLAGS (\\Deleted)')
    await one.ok('EXPUNGE')
    expect(await two.ok('UID SEARCH ALL')).toContain('* 1 EXPUNGE')
  })

  test('has a number for every message that others took away meanwhile', async () => {
    await one.ok('UID MOVE 1:2 Release')
    await one.ok('STORE 1:2 +FLAGS (\\Deleted)')
    await one.ok('EXPUNGE')
    // numbers 1 and 2 are gone in the store, and still there for this client
    const stored = await two.command('STORE 1:2 +FLAGS (\\Flagged)')
    expect(stored.tagged).toMatch(/^NO \[EXPUNGEISSUED\]/)
    expect((await two.command('COPY 1:2 Spam')).tagged).toMatch(/^OK There was no such message/)
  })
})

describe('a client that knows mod-sequences', () => {
  test('gets MODSEQ with CONDSTORE, VANISHED with QRESYNC', async () => {
    await two.ok('ENABLE QRESYNC')
    await one.ok('STORE 2 +FLAGS (\\Flagged)')
    const [flags] = await two.ok('NOOP')
    expect(flags).toMatch(/^\* 2 FETCH \(UID \d+ FLAGS \(\\Flagged \\Seen\) MODSEQ \(\d+\)\)$/)
    const [, uid] = /UID (\d+)/.exec(flags)!
    await one.ok(`UID MOVE ${uid} Spam`)
    expect(await two.ok('NOOP')).toEqual([`* VANISHED ${uid}`])
  })

  test('is told MODSEQ even by FLAGS.SILENT', async () => {
    await one.ok('ENABLE CONDSTORE')
    const [line] = await one.ok('UID STORE 1:* +FLAGS.SILENT (\\Flagged)')
    expect(line).toMatch(/^\* 1 FETCH \(UID \d+ MODSEQ \(\d+\)\)$/)
  })

  test('UNCHANGEDSINCE leaves alone what others have changed', async () => {
    const first = await one.ok('FETCH 1 (UID MODSEQ)')
    const [, uid, modseq] = /UID (\d+) MODSEQ \((\d+)\)/.exec(first.join('\n'))!
    await two.ok('STORE 1 +FLAGS (\\Answered)')
    const failed = await one.command(`STORE 1 (UNCHANGEDSINCE ${modseq}) +FLAGS.SILENT (\\Deleted)`)
    expect(failed.tagged).toMatch(/^OK \[MODIFIED 1\]/)
    expect(failed.untagged).toEqual([
      expect.stringMatching(/^\* 1 FETCH \(FLAGS \(\\Answered \\Seen \\Recent\) MODSEQ \(\d+\)\)$/),
    ])
    const byUid = await one.command(`UID STORE ${uid} (UNCHANGEDSINCE 1) +FLAGS (\\Deleted)`)
    expect(byUid.tagged).toMatch(new RegExp(`^OK \\[MODIFIED ${uid}\\]`))
    const done = await one.command('STORE 2 (UNCHANGEDSINCE 99999999) +FLAGS.SILENT (\\Flagged)')
    expect(done.tagged).toMatch(/^OK STORE/)
  })
})

describe('\\Recent', () => {
  test('is of the first session that is told of a message, and of no other', async () => {
    // `one` was first in beforeEach
    expect((await one.ok('FETCH 1 FLAGS'))[0]).toContain('\\Recent')
    expect((await two.ok('FETCH 1 FLAGS'))[0]).not.toContain('\\Recent')
    await server.hold(1)
    expect(await two.ok('STATUS Caught (RECENT)')).toContain('* STATUS Caught (RECENT 1)')
    expect(await two.ok('SEARCH RECENT')).toContain('* SEARCH 5')
    await one.ok('NOOP')
    expect(await one.ok('SEARCH RECENT')).toEqual(['* SEARCH 1 2 3 4'])
    expect(await one.ok('SEARCH OLD')).toEqual(['* SEARCH 5'])
    expect(await one.ok('STATUS Caught (RECENT)')).toEqual(['* STATUS Caught (RECENT 0)'])
  })

  test('is not taken by EXAMINE, and not known to IMAP4rev2', async () => {
    await server.hold(1)
    await one.ok('EXAMINE Caught')
    expect((await one.ok('FETCH 5 FLAGS'))[0]).toContain('\\Recent')
    await two.ok('ENABLE IMAP4rev2')
    await two.ok('SELECT Caught')
    expect((await two.ok('FETCH 5 FLAGS'))[0]).not.toContain('\\Recent')
    await one.ok('SELECT Caught')
    expect((await one.ok('FETCH 5 FLAGS'))[0]).toContain('\\Recent')
  })
})

describe('STORE', () => {
  test('FLAGS.SILENT says nothing, unless another has changed the flags as well', async () => {
    expect(await one.ok('STORE 1 +FLAGS.SILENT (\\Flagged Work)')).toEqual([
      expect.stringMatching(/^\* FLAGS \(.* Work\)$/),
    ])
    await two.ok('STORE 1 +FLAGS (\\Answered)')
    expect(await one.ok('STORE 1 -FLAGS.SILENT (\\Flagged)')).toEqual([
      '* 1 FETCH (FLAGS (\\Answered \\Seen \\Recent Work))',
    ])
  })

  test('tells the flags of all messages of the set, also of those that had them', async () => {
    await one.ok('STORE 1 +FLAGS (\\Flagged)')
    expect(await one.ok('STORE 1:2 +FLAGS (\\Flagged)')).toEqual([
      '* 1 FETCH (FLAGS (\\Flagged \\Seen \\Recent))',
      '* 2 FETCH (FLAGS (\\Flagged \\Seen \\Recent))',
    ])
    expect(await one.ok('STORE 1 FLAGS ()')).toEqual(['* 1 FETCH (FLAGS (\\Recent))'])
  })

  test('changes nothing where the folder was opened by EXAMINE', async () => {
    await two.ok('EXAMINE Caught')
    for (const command of [
      'STORE 1 +FLAGS (\\Seen)',
      'UID MOVE 1:* Spam',
      'EXPUNGE',
      'UID EXPUNGE 1:*',
    ])
      expect((await two.command(command)).tagged).toMatch(/^NO \[READ-ONLY\]/)
    await one.ok('STORE 1 +FLAGS (\\Deleted)')
    await two.ok('CLOSE')
    expect(await one.ok('NOOP')).toEqual([])
    await one.ok('CLOSE')
    expect(await one.ok('STATUS Caught (MESSAGES DELETED)')).toEqual([
      '* STATUS Caught (MESSAGES 3 DELETED 0)',
    ])
  })

  test('UNSELECT expunges nothing', async () => {
    await one.ok('STORE 1 +FLAGS (\\Deleted)')
    await one.ok('UNSELECT')
    expect(await one.ok('STATUS Caught (MESSAGES)')).toEqual(['* STATUS Caught (MESSAGES 4)'])
  })

  test('UID EXPUNGE takes of the set what is marked', async () => {
    await one.ok('STORE 1:2 +FLAGS.SILENT (\\Deleted)')
    const [line] = await one.ok('FETCH 1 UID')
    const [, uid] = /UID (\d+)/.exec(line)!
    expect(await one.ok(`UID EXPUNGE ${uid}`)).toEqual(['* 1 EXPUNGE'])
    expect(await one.ok('UID EXPUNGE 1:*')).toEqual(['* 1 EXPUNGE'])
  })
})

describe('IDLE', () => {
  test('tells what others do, as it happens, and ends by DONE', async () => {
    const tag = two.send('IDLE')
    expect(await two.line()).toMatch(/^\+ /)
    await one.ok('STORE 2 +FLAGS (\\Flagged)')
    expect(await two.line()).toBe('* 2 FETCH (FLAGS (\\Flagged \\Seen))')
    await one.ok('UID MOVE 1:* Spam')
    for (const number of [4, 3, 2, 1]) expect(await two.line()).toBe(`* ${number} EXPUNGE`)
    await server.hold(1)
    expect(await two.line()).toBe('* 1 EXISTS')
    expect(await two.line()).toBe('* 1 RECENT')
    two.write('done\r\n')
    expect((await two.answer(tag)).tagged).toMatch(/^OK/)
  })

  test('first tells what happened before it', async () => {
    await one.ok('STORE 2 +FLAGS (\\Flagged)')
    two.send('IDLE')
    expect(await two.line()).toMatch(/^\+ /)
    expect(await two.line()).toBe('* 2 FETCH (FLAGS (\\Flagged \\Seen))')
  })

  test('works without a mailbox', async () => {
    await two.ok('UNSELECT')
    const tag = two.send('IDLE')
    expect(await two.line()).toMatch(/^\+ /)
    two.write('DONE\r\n')
    expect((await two.answer(tag)).tagged).toMatch(/^OK/)
  })

  test('DONE in the same packet', async () => {
    two.write('x IDLE\r\nDONE\r\ny NOOP\r\n')
    expect(await two.line()).toMatch(/^\+ /)
    expect(await two.line()).toMatch(/^x OK/)
    expect(await two.line()).toMatch(/^y OK/)
  })
})
