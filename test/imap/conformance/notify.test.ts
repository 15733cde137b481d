// NOTIFY, by the sections of RFC 5465: what is told between commands, in IDLE, and what is not.
import { beforeEach, describe, expect, test } from 'vitest'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

const BOTH = 'MessageNew MessageExpunge'
const ALL = `${BOTH} FlagChange`

let server: Running
/** who listens */
let ear: WireClient
/** who does things */
let hand: WireClient
beforeEach(async () => {
  server = await startServer({ imap: { test_mailboxes: 'true' } })
  ear = await server.logIn('root')
  await ear.ok('ENABLE IMAP4rev2') // without \\Recent
  hand = await server.logIn('root')
  for (const name of ['a', 'b']) await hand.ok(`CREATE ${name}`)
})

const mail = (subject: string): Buffer => Buffer.from(`Subject: ${subject}\r\n\r\nwords\r\n`)
async function append(box: string, count = 1): Promise<void> {
  for (let i = 0; i < count; i++)
    expect((await hand.append(box, mail(`m${i}`))).tagged).toMatch(/^OK/)
}

/** What the listener is told before a change of which it surely is told. */
async function toldBefore(marker = 'end'): Promise<string[]> {
  await hand.ok(`CREATE ${marker}`)
  const lines: string[] = []
  for (;;) {
    const line = await ear.line()
    if (line.endsWith(` "/" ${marker}`)) return lines
    lines.push(line)
  }
}
/** The group that tells of the marker. */
const MARKER = '(mailboxes end (MailboxName))'

describe('the command (RFC 5465 §3.1)', () => {
  test('RFC 5465 §3: is announced, after login', async () => {
    const [line] = await ear.ok('CAPABILITY')
    expect(line.split(' ')).toContain('NOTIFY')
    const stranger = await server.connect()
    expect(await stranger.greeting()).not.toContain('NOTIFY')
    expect((await stranger.command('NOTIFY NONE')).tagged).toMatch(/^BAD/)
  })

  test('RFC 5465 §3.1: before it, nothing is told between commands', async () => {
    await ear.ok('SELECT a')
    await append('a')
    expect(await ear.ok('NOOP')).toEqual(['* 1 EXISTS'])
  })

  test('RFC 5465 §3.1: SET STATUS tells of all mailboxes but the selected one', async () => {
    await append('a', 2)
    await ear.ok('SELECT b')
    expect(await ear.ok(`NOTIFY SET STATUS (mailboxes (a b nothing) (${ALL}))`)).toEqual([
      expect.stringMatching(
        /^\* STATUS a \(MESSAGES 2 UIDNEXT 3 UIDVALIDITY \d+ UNSEEN 2 HIGHESTMODSEQ \d+\)$/,
      ),
    ])
    expect(await ear.ok(`NOTIFY SET STATUS (mailboxes a (${BOTH}))`)).toEqual([
      expect.stringMatching(/^\* STATUS a \(MESSAGES 2 UIDNEXT 3 UIDVALIDITY \d+\)$/),
    ])
    expect(await ear.ok('NOTIFY SET STATUS (mailboxes a (MailboxName))')).toEqual([])
    expect(await ear.ok('NOTIFY SET STATUS (mailboxes a NONE)')).toEqual([])
    expect(await ear.ok(`NOTIFY SET (mailboxes a (${ALL}))`)).toEqual([])
  })

  test('RFC 5465 §3.1: SET tells at once what had not been told', async () => {
    await ear.ok('SELECT a')
    await append('a')
    expect(await ear.ok('NOTIFY SET (selected NONE)')).toEqual(['* 1 EXISTS'])
    await append('a')
    await hand.ok('SELECT a')
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Flagged)')
    expect(await ear.ok('NOOP')).toEqual([])
    expect(await ear.ok(`NOTIFY SET (selected (${BOTH}))`)).toEqual([
      '* 2 EXISTS',
      '* 1 FETCH (UID 1 FLAGS (\\Flagged))',
    ])
  })

  test('RFC 5465 §3.1: without SELECTED nothing is told of the selected mailbox, by name or in a command', async () => {
    await append('a', 2)
    await ear.ok('SELECT a')
    await ear.ok(`NOTIFY SET (personal (${ALL})) ${MARKER}`)
    await append('a')
    await hand.ok('SELECT a')
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Deleted)')
    await hand.ok('EXPUNGE')
    expect(await toldBefore()).toEqual([])
    expect(await ear.ok('NOOP')).toEqual([])
    expect(await ear.ok('SEARCH ALL')).toEqual(['* ESEARCH (TAG "a6") ALL 1:2'])
  })

  test('RFC 5465 §3.1: a client that wants to hear of nothing hears what it does itself', async () => {
    await append('a', 3)
    await ear.ok('SELECT a')
    await ear.ok('NOTIFY NONE')
    await append('a')
    await hand.ok('SELECT a')
    await hand.ok('STORE 2 +FLAGS.SILENT (\\Answered)')
    expect(await ear.ok('STORE 1 +FLAGS (\\Deleted)')).toEqual([
      '* 1 FETCH (UID 1 FLAGS (\\Deleted))',
    ])
    // asked for, the flags are those of now
    expect(await ear.ok('FETCH 2 FLAGS')).toEqual(['* 2 FETCH (FLAGS (\\Answered))'])
    expect(await ear.ok('EXPUNGE')).toEqual(['* 4 EXISTS', '* 1 EXPUNGE'])
    expect(await ear.ok('UID FETCH 1:* FLAGS')).toHaveLength(3)
  })

  test('RFC 5465 §3.1: a new SET loses nothing of what the one before asked for', async () => {
    await ear.ok(`NOTIFY SET (mailboxes b (${BOTH}))`)
    const tag = ear.send('APPEND a {3}')
    expect(await ear.line()).toMatch(/^\+ /)
    await append('b')
    ear.write(`x\r\n\r\nz9 NOTIFY SET (mailboxes b (${ALL}))\r\n`)
    expect((await ear.answer(tag)).tagged).toMatch(/^OK/)
    expect((await ear.answer('z9')).untagged).toEqual([
      expect.stringMatching(/^\* STATUS b \(MESSAGES 1 /),
    ])
  })

  test('RFC 7162 §3.1.2: HIGHESTMODSEQ does not pass what the client did not want to hear of', async () => {
    await append('a', 2)
    await ear.ok('ENABLE CONDSTORE')
    const before = Number(/HIGHESTMODSEQ (\d+)/.exec((await ear.ok('SELECT a')).join())![1])
    await ear.ok(`NOTIFY SET (selected (${BOTH}))`)
    await hand.ok('SELECT a')
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Flagged)')
    await append('a')
    expect(await ear.line()).toBe('* 3 EXISTS')
    await ear.ok('STORE 2 +FLAGS.SILENT (\\Deleted)')
    const { tagged } = await ear.command('EXPUNGE')
    expect(tagged).toContain(`[HIGHESTMODSEQ ${before}]`)
    await ear.ok(`NOTIFY SET (selected (${ALL}))`)
    await ear.ok('STORE 2 +FLAGS.SILENT (\\Deleted)')
    const later = await ear.command('EXPUNGE')
    expect(Number(/HIGHESTMODSEQ (\d+)/.exec(later.tagged)![1])).toBeGreaterThan(before)
  })

  test('RFC 5465 §3.1: NONE ends what was told', async () => {
    await ear.ok('SELECT b')
    await ear.ok(`NOTIFY SET (selected (${ALL})) (personal (${ALL} MailboxName))`)
    await append('a')
    expect(await ear.line()).toMatch(/^\* STATUS a /)
    await ear.ok('NOTIFY NONE')
    await append('a')
    await append('b')
    await hand.ok('CREATE c')
    expect(await ear.ok('NOOP')).toEqual([])
  })

  test.each(['AnnotationChange', 'MailboxMetadataChange', 'ServerMetadataChange', 'Unheard'])(
    'RFC 5465 §3.1: %s is refused, and what was asked before stands',
    async (event) => {
      await ear.ok(`NOTIFY SET (personal (${ALL}))`)
      const asked = `NOTIFY SET (personal (${BOTH} ${event}))`
      expect((await ear.command(asked)).tagged).toMatch(
        /^NO \[BADEVENT \(MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange\)\] /,
      )
      await append('a')
      expect(await ear.line()).toMatch(/^\* STATUS a /)
    },
  )

  test('is never told within a command, its literal or the answer', async () => {
    await ear.ok(`NOTIFY SET (selected (${ALL})) (personal (${ALL}))`)
    await ear.ok('SELECT b')
    const raw = mail('mine')
    const tag = ear.send(`APPEND b {${raw.length}}`)
    expect(await ear.line()).toMatch(/^\+ /)
    ear.write(raw.subarray(0, 5))
    await append('a')
    await append('b')
    ear.write(raw.subarray(5))
    ear.write('\r\n')
    const { untagged, tagged } = await ear.answer(tag)
    expect(tagged).toMatch(/^OK/)
    expect(untagged).toEqual(['* 2 EXISTS'])
    expect(await ear.line()).toMatch(/^\* STATUS a \(MESSAGES 1 /)
  })
})

describe('IDLE (RFC 5465 §4)', () => {
  test('RFC 5465 §4: tells what NOTIFY asked for, and no more', async () => {
    await append('b', 2)
    await ear.ok('SELECT b')
    await ear.ok(`NOTIFY SET (selected-delayed (${BOTH})) (mailboxes a (${BOTH}))`)
    const tag = ear.send('IDLE')
    expect(await ear.line()).toMatch(/^\+ /)
    await hand.ok('SELECT b')
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Deleted)')
    await hand.ok('EXPUNGE')
    expect(await ear.line()).toBe('* 1 EXPUNGE')
    await append('a')
    expect(await ear.line()).toMatch(/^\* STATUS a \(MESSAGES 1 UIDNEXT 2 UIDVALIDITY \d+\)$/)
    ear.write('DONE\r\n')
    expect((await ear.answer(tag)).untagged).toEqual([])
  })

  test('RFC 5465 §4: tells nothing after NOTIFY NONE', async () => {
    await ear.ok('SELECT b')
    await ear.ok('NOTIFY NONE')
    const tag = ear.send('IDLE')
    expect(await ear.line()).toMatch(/^\+ /)
    await append('b')
    ear.write('DONE\r\n')
    expect((await ear.answer(tag)).untagged).toEqual([])
  })
})

describe('events (RFC 5465 §5)', () => {
  test.each([
    '(selected (FlagChange))',
    '(selected (MessageNew))',
    '(personal (MessageExpunge))',
    `(personal (${BOTH.replace('New', 'New (UID)')}))`,
    '(selected (MailboxName))',
    `(selected (${BOTH})) (selected-delayed (${BOTH}))`,
  ])('RFC 5465 §5, §6.1: %s is BAD', async (groups) => {
    expect((await ear.command(`NOTIFY SET ${groups}`)).tagged).toMatch(/^BAD/)
  })

  test('RFC 5465 §5: what the client does itself is not told', async () => {
    await ear.ok(`NOTIFY SET (personal (${ALL} MailboxName SubscriptionChange))`)
    await ear.append('a', mail('mine'))
    await ear.ok('SELECT a')
    await ear.ok('COPY 1 b')
    await ear.ok('STORE 1 +FLAGS (\\Deleted)')
    await ear.ok('CLOSE')
    await ear.ok('SELECT b')
    await ear.ok('STORE 1 +FLAGS (\\Deleted)')
    ear.write('y1 EXPUNGE\r\ny2 UNSELECT\r\n')
    expect((await ear.answer('y1')).untagged).toEqual(['* 1 EXPUNGE'])
    expect((await ear.answer('y2')).untagged).toEqual([])
    await ear.ok('CREATE x/y')
    await ear.ok('SUBSCRIBE x/y')
    await ear.ok('RENAME x z')
    await ear.ok('DELETE z/y')
    expect(await ear.ok('NOOP')).toEqual([])
    expect(await toldBefore()).toEqual([])
  })

  test('RFC 5465 §5.1: flags of the selected mailbox, with the UID', async () => {
    await append('a', 3)
    await ear.ok('SELECT a')
    await ear.ok(`NOTIFY SET (selected (${ALL}))`)
    await hand.ok('SELECT a')
    await hand.ok('STORE 2 +FLAGS.SILENT (\\Flagged $Work)')
    expect(await ear.line()).toContain('* FLAGS (')
    expect(await ear.line()).toBe('* 2 FETCH (UID 2 FLAGS (\\Flagged $Work))')
    await ear.ok('ENABLE CONDSTORE')
    await hand.ok('STORE 3 +FLAGS.SILENT (\\Seen)')
    expect(await ear.line()).toMatch(/^\* 3 FETCH \(UID 3 FLAGS \(\\Seen\) MODSEQ \(\d+\)\)$/)
  })

  test('RFC 5465 §5.1: flags of the selected mailbox are not told without FlagChange', async () => {
    await append('a', 3)
    await ear.ok('SELECT a')
    await ear.ok(`NOTIFY SET (selected (${BOTH}))`)
    await hand.ok('SELECT a')
    await hand.ok('STORE 2 +FLAGS.SILENT (\\Flagged)')
    await append('a')
    expect(await ear.line()).toBe('* 4 EXISTS')
    expect(await ear.ok('NOOP')).toEqual([])
  })

  test('RFC 5465 §5.1: flags of another mailbox by UNSEEN where that changes, or HIGHESTMODSEQ', async () => {
    await append('a', 2)
    await ear.ok(`NOTIFY SET STATUS (mailboxes a (${ALL})) ${MARKER}`)
    await hand.ok('SELECT a')
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Seen)')
    expect(await ear.line()).toMatch(/^\* STATUS a \(UIDVALIDITY \d+ UNSEEN 1\)$/)
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Flagged)')
    expect(await toldBefore()).toEqual([])
    await ear.ok('ENABLE CONDSTORE')
    await hand.ok('STORE 1 -FLAGS.SILENT (\\Flagged)')
    expect(await ear.line()).toMatch(/^\* STATUS a \(UIDVALIDITY \d+ UNSEEN 1 HIGHESTMODSEQ \d+\)$/)
  })

  test('RFC 5465 §5.1: UNSEEN is told again where the client heard of it otherwise', async () => {
    await append('a', 2)
    await ear.ok(`NOTIFY SET STATUS (selected (${ALL})) (mailboxes a (${ALL}))`)
    await ear.ok('SELECT a')
    await ear.ok('STORE 1 +FLAGS.SILENT (\\Seen)')
    await ear.ok('UNSELECT')
    await hand.ok('SELECT a')
    await hand.ok('STORE 1 -FLAGS.SILENT (\\Seen)')
    expect(await ear.line()).toMatch(/^\* STATUS a \(UIDVALIDITY \d+ UNSEEN 2\)$/)
    await ear.ok('SELECT a')
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Seen)')
    expect(await ear.line()).toMatch(/^\* 1 FETCH /)
    await ear.ok('UNSELECT')
    await hand.ok('STORE 1 -FLAGS.SILENT (\\Seen)')
    expect(await ear.line()).toMatch(/^\* STATUS a \(UIDVALIDITY \d+ UNSEEN 2\)$/)
  })

  test('RFC 5465 §5.1: a new UIDVALIDITY is told', async () => {
    const [before] = await ear.ok(
      `NOTIFY SET STATUS (mailboxes a (${ALL})) (mailboxes a (MailboxName))`,
    )
    await hand.ok('DELETE a')
    expect(await ear.line()).toBe('* LIST (\\NonExistent) "/" a')
    await hand.ok('CREATE a')
    expect(await ear.line()).toBe('* LIST (\\HasNoChildren) "/" a')
    const after = await ear.line()
    const validity = (line: string) => Number(/UIDVALIDITY (\d+)/.exec(line)?.[1])
    expect(validity(after)).toBeGreaterThan(validity(before))
  })

  test('RFC 5465 §5.2: new messages of the selected mailbox, EXISTS and then what was asked for', async () => {
    await ear.ok('SELECT a')
    await ear.ok(
      `NOTIFY SET (selected (MessageNew (uid body.peek[header.fields (subject)]) MessageExpunge))`,
    )
    await append('a')
    expect(await ear.line()).toBe('* 1 EXISTS')
    expect(await ear.line()).toBe(
      '* 1 FETCH (UID 1 BODY[HEADER.FIELDS (SUBJECT)] {15}\r\nSubject: m0\r\n\r\n)',
    )
    // its own is not fetched for it
    const { untagged } = await ear.append('a', mail('mine'))
    expect(untagged).toEqual(['* 2 EXISTS'])
    await append('a')
    const tag = ear.send('NOOP')
    expect(await ear.line()).toBe('* 3 EXISTS')
    expect(await ear.line()).toMatch(/^\* 3 FETCH \(UID 3 /)
    expect((await ear.answer(tag)).untagged).toEqual([])
  })

  test('RFC 3501 §7.2.6: keywords are told of before a new message that has them', async () => {
    await ear.ok('SELECT a')
    await ear.ok('NOTIFY SET (selected (MessageNew (FLAGS) MessageExpunge))')
    await hand.ok('APPEND a ($Work) {6+}\r\na: b\r\n')
    expect(await ear.line()).toBe('* 1 EXISTS')
    expect(await ear.line()).toMatch(/^\* FLAGS \(.* \$Work\)$/)
    expect(await ear.line()).toBe('* 1 FETCH (FLAGS ($Work))')
  })

  test('RFC 5465 §5.2: what is asked for of new messages does not make them \\Seen', async () => {
    await ear.ok('SELECT a')
    await ear.ok('NOTIFY SET (selected (MessageNew (body[text] flags) MessageExpunge))')
    await append('a')
    for (const line of ['* 1 EXISTS', '* 1 FETCH (BODY[TEXT] {7}\r\nwords\r\n FLAGS ())'])
      expect(await ear.line()).toBe(line)
    expect(await ear.ok('FETCH 1 FLAGS')).toEqual(['* 1 FETCH (FLAGS ())'])
  })

  test('RFC 5465 §5.2, §5.3: messages of another mailbox by STATUS', async () => {
    await ear.ok(`NOTIFY SET (mailboxes a (${BOTH}))`)
    await append('a')
    expect(await ear.line()).toMatch(/^\* STATUS a \(MESSAGES 1 UIDNEXT 2 UIDVALIDITY \d+\)$/)
    await hand.ok('SELECT a')
    await ear.ok('ENABLE QRESYNC')
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Deleted)')
    await hand.ok('EXPUNGE')
    expect(await ear.line()).toMatch(
      /^\* STATUS a \(MESSAGES 0 UIDNEXT 2 UIDVALIDITY \d+ HIGHESTMODSEQ \d+\)$/,
    )
  })

  test('RFC 5465 §5.3: expunged messages of the selected mailbox by EXPUNGE, or VANISHED', async () => {
    await append('a', 3)
    await ear.ok('SELECT a')
    await ear.ok(`NOTIFY SET (selected (${BOTH}))`)
    await hand.ok('SELECT a')
    await hand.ok('STORE 2 +FLAGS.SILENT (\\Deleted)')
    await hand.ok('EXPUNGE')
    expect(await ear.line()).toBe('* 2 EXPUNGE')
    await ear.ok('ENABLE QRESYNC')
    await hand.ok('STORE 2 +FLAGS.SILENT (\\Deleted)')
    await hand.ok('EXPUNGE')
    expect(await ear.line()).toBe('* VANISHED 3')
  })

  test('RFC 5465 §5.4: mailboxes made and deleted, and what is above them', async () => {
    await ear.ok('NOTIFY SET (subtree (x) (MailboxName)) (mailboxes q (MailboxName))')
    await hand.ok('CREATE x/y')
    expect(await ear.line()).toBe('* LIST (\\HasNoChildren) "/" x/y')
    expect(await ear.line()).toBe('* LIST (\\NonExistent \\HasChildren) "/" x')
    await hand.ok('CREATE x')
    expect(await ear.line()).toBe('* LIST (\\HasChildren) "/" x')
    await hand.ok('DELETE x/y')
    expect(await ear.line()).toBe('* LIST (\\NonExistent) "/" x/y')
    expect(await ear.line()).toBe('* LIST (\\HasNoChildren) "/" x')
    await hand.ok('CREATE elsewhere')
    await hand.ok('CREATE q')
    expect(await ear.line()).toBe('* LIST (\\HasNoChildren) "/" q')
  })

  test('RFC 5465 §5.4: renamed mailboxes with OLDNAME, without a word of those below', async () => {
    await hand.ok('CREATE a/below')
    await ear.ok('NOTIFY SET (personal (MailboxName))')
    await hand.ok('RENAME a "new name"')
    expect(await ear.line()).toBe('* LIST (\\HasChildren) "/" "new name" ("OLDNAME" (a))')
    await hand.ok('RENAME b c')
    expect(await ear.line()).toBe('* LIST (\\HasNoChildren) "/" c ("OLDNAME" (b))')
  })

  test('RFC 5465 §5.5: subscriptions, with all attributes', async () => {
    await ear.ok('NOTIFY SET (mailboxes a (SubscriptionChange))')
    await hand.ok('SUBSCRIBE b')
    await hand.ok('SUBSCRIBE a')
    expect(await ear.line()).toBe('* LIST (\\HasNoChildren \\Subscribed) "/" a')
    await hand.ok('UNSUBSCRIBE a')
    expect(await ear.line()).toBe('* LIST (\\HasNoChildren) "/" a')
  })

  test('RFC 5465 §5.8: who is too far behind is told so, and asks anew', async () => {
    await ear.ok(`NOTIFY SET (personal (${ALL} MailboxName))`)
    // The journal is cut while the client waits within a command.
    const tag = ear.send('APPEND a {3}')
    expect(await ear.line()).toMatch(/^\+ /)
    await append('b', 3)
    const { store } = server.lazaret
    await store.trim(Date.now() + 1000, store.seq)
    ear.write('x\r\n\r\n')
    expect((await ear.answer(tag)).tagged).toMatch(/^OK/)
    expect(await ear.line()).toMatch(/^\* OK \[NOTIFICATIONOVERFLOW\] /)
    await append('b')
    expect(await ear.ok('NOOP')).toEqual([])
    await ear.ok(`NOTIFY SET (personal (${ALL}))`)
    await append('b')
    expect(await ear.line()).toMatch(/^\* STATUS b \(MESSAGES 5 /)
  })
})

describe('mailboxes (RFC 5465 §6)', () => {
  test('RFC 5465 §6: several groups for one mailbox are told together', async () => {
    await ear.ok(`NOTIFY SET (mailboxes a (${BOTH})) (personal (SubscriptionChange))`)
    await append('a')
    expect(await ear.line()).toMatch(/^\* STATUS a /)
    await hand.ok('SUBSCRIBE a')
    expect(await ear.line()).toMatch(/^\* LIST .* a$/)
  })

  test('RFC 5465 §6.1.1: SELECTED tells everything at once, of whatever is selected', async () => {
    await append('a', 2)
    await ear.ok(`NOTIFY SET (selected (${ALL})) (personal (${ALL}))`)
    await ear.ok('SELECT a')
    await append('b')
    expect(await ear.line()).toMatch(/^\* STATUS b /)
    await append('a')
    expect(await ear.line()).toBe('* 3 EXISTS')
    await ear.ok('UNSELECT')
    await append('a')
    expect(await ear.line()).toMatch(/^\* STATUS a \(MESSAGES 4 /)
  })

  test('RFC 5465 §6.1.2: SELECTED-DELAYED holds EXPUNGE until a command allows it', async () => {
    await append('a', 3)
    await ear.ok('SELECT a')
    await ear.ok(`NOTIFY SET (selected-delayed (${BOTH})) (mailboxes b (${BOTH}))`)
    await hand.ok('SELECT a')
    await hand.ok('STORE 1 +FLAGS.SILENT (\\Deleted)')
    await hand.ok('EXPUNGE')
    await append('a')
    expect(await ear.line()).toBe('* 4 EXISTS')
    await append('b')
    expect(await ear.line()).toMatch(/^\* STATUS b /)
    expect(await ear.ok('FETCH 2:3 UID')).toEqual(['* 2 FETCH (UID 2)', '* 3 FETCH (UID 3)'])
    expect(await ear.ok('NOOP')).toEqual(['* 1 EXPUNGE'])
  })

  test('RFC 5465 §6.2, §6.3: PERSONAL is all, INBOXES where mail arrives', async () => {
    const user = await server.logIn()
    await user
      .ok(`NOTIFY SET STATUS (inboxes (${BOTH}))`)
      .then((lines) =>
        expect(lines.map((line) => /^\* STATUS (INBOX|"[^"]*"|\S+)/.exec(line)![1])).toEqual([
          'INBOX',
          'Caught',
          '"Caught (Outgoing)"',
          '"Training Requested"',
        ]),
      )
    await server.hold(1)
    expect(await user.line()).toMatch(/^\* STATUS Caught \(MESSAGES 1 /)
    expect(await user.ok(`NOTIFY SET STATUS (personal (${BOTH}))`)).toHaveLength(8)
    // and nothing of others
    await server.hold(1, 'other@example.com')
    await server.hold(1)
    expect(await user.line()).toMatch(/^\* STATUS Caught \(MESSAGES 2 /)
  })

  test('RFC 5465 §6.4: SUBSCRIBED follows the subscriptions', async () => {
    await hand.ok('SUBSCRIBE a')
    await ear.ok(`NOTIFY SET (subscribed (${BOTH})) ${MARKER}`)
    await append('b')
    await append('a')
    expect(await ear.line()).toMatch(/^\* STATUS a /)
    await hand.ok('UNSUBSCRIBE a')
    await hand.ok('SUBSCRIBE b')
    await append('a')
    await append('b')
    const told = await toldBefore()
    expect(told).toEqual([expect.stringMatching(/^\* STATUS b \(MESSAGES 2 /)])
  })

  test('RFC 5465 §6.5, §6.6: SUBTREE is a mailbox and what is below, MAILBOXES expands nothing', async () => {
    for (const name of ['a/x', 'ab']) await hand.ok(`CREATE ${name}`)
    await ear.ok(
      `NOTIFY SET (subtree a (${BOTH})) (mailboxes ("*" "b%" inbox) (${BOTH})) ${MARKER}`,
    )
    for (const name of ['b', 'ab', 'a/x', 'a']) await append(name)
    const told = await toldBefore()
    expect(told.map((line) => line.split(' ')[2])).toEqual(['a/x', 'a'])
  })
})

describe('a login and its folders', () => {
  test('is told of what other workers do', async () => {
    const user = await server.logIn()
    await user.ok('SELECT Caught')
    await user.ok(`NOTIFY SET (selected (MessageNew (UID) MessageExpunge)) (personal (${ALL}))`)
    const [held] = await server.hold(1)
    expect(await user.line()).toBe('* 1 EXISTS')
    expect(await user.line()).toBe('* 1 RECENT')
    expect(await user.line()).toBe(`* 1 FETCH (UID ${held.id})`)
    const domain = await server.logIn('domain')
    await domain.ok('SELECT Caught')
    await domain.ok('MOVE 1 Spam')
    const lines = [await user.line(), await user.line()]
    expect(lines[0]).toBe('* 1 EXPUNGE')
    expect(lines[1]).toMatch(/^\* STATUS Spam \(MESSAGES 1 /)
  })

  test('that does not read costs bounded memory, and is told the present state when it does', async () => {
    const user = await server.logIn()
    await user.ok('SELECT Caught')
    await user.ok(`NOTIFY SET (selected (MessageNew (BODY.PEEK[]) MessageExpunge))`)
    user.pause()
    const count = 300
    await server.hold(count)
    user.resume()
    let told = 0
    while (told < count) if (/^\* \d+ FETCH /.test(await user.line())) told++
    expect(await user.ok('NOOP')).toEqual([])
  })
})
