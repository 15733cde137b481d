// Extensions of IMAP, by the sections of their RFCs, on an ordinary mailbox and on the quarantine's folders.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LOGINS, startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

const mail = (subject: string, body = 'words\r\n', header = ''): Buffer =>
  Buffer.from(`Subject: ${subject}\r\nMessage-ID: <${subject}@x.example>\r\n${header}\r\n${body}`)

let server: Running
let client: WireClient
let box = ''
let made = 0
beforeAll(async () => {
  server = await startServer({ imap: { test_mailboxes: 'true' } })
})
beforeEach(async () => {
  client = await server.logIn('root')
  box = `box${++made}`
  await client.ok(`CREATE ${box}`)
})

/** Appends the messages and selects them. */
async function filled(...messages: Buffer[]): Promise<string[]> {
  for (const message of messages) await client.append(box, message)
  return await client.ok(`SELECT ${box}`)
}

describe('PREVIEW', () => {
  test('RFC 8970 §3.1, §3.2: the first words, decoded; empty where there are none', async () => {
    const coded =
      'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n'
    await filled(
      mail('a', 'Hello,\r\n\r\n  how are   you?\r\n'),
      mail('b', '<p>Gr=C3=BC=C3=9Fe</p>', coded),
      mail('c', ''),
    )
    const grüße = Buffer.from('Grüße').toString('latin1')
    expect(await client.ok('FETCH 1:3 PREVIEW')).toEqual([
      '* 1 FETCH (PREVIEW "Hello, how are you?")',
      `* 2 FETCH (PREVIEW {7}\r\n${grüße})`,
      '* 3 FETCH (PREVIEW "")',
    ])
    expect(await client.ok('FETCH 1:* FLAGS')).not.toContainEqual(expect.stringContaining('\\Seen'))
  })

  test('RFC 8970 §3.2: at most 200 characters', async () => {
    await filled(mail('long', 'word '.repeat(500)))
    const [line] = await client.ok('FETCH 1 PREVIEW')
    const [, text] = /^\* 1 FETCH \(PREVIEW "(.*)"\)$/.exec(line)!
    expect(text.length).toBeGreaterThan(150)
    expect(text.length).toBeLessThanOrEqual(200)
  })

  test('RFC 8970 §4.1: LAZY may answer at once; other modifiers are BAD', async () => {
    await filled(mail('lazy'))
    expect(await client.ok('FETCH 1 (UID PREVIEW (LAZY))')).toEqual([
      '* 1 FETCH (UID 1 PREVIEW "words")',
    ])
    expect((await client.command('FETCH 1 (PREVIEW (FUZZY))')).tagged).toMatch(/^BAD/)
  })
})

describe('SAVEDATE', () => {
  test('RFC 8514 §4.2: when it came into this mailbox, whatever its INTERNALDATE', async () => {
    await client.append(box, mail('a'), '"01-Jan-2001 00:00:00 +0000" ')
    await client.ok(`SELECT ${box}`)
    const [line] = await client.ok('FETCH 1 (INTERNALDATE SAVEDATE)')
    expect(line).toMatch(/^\* 1 FETCH \(INTERNALDATE " 1-Jan-2001 00:00:00 \+0000" SAVEDATE "/)
    expect(line).not.toMatch(/SAVEDATE " 1-Jan-2001/)
  })

  test('RFC 8514 §4.3: is searched; every mailbox supports it', async () => {
    await client.append(box, mail('a'), '"01-Jan-2001 00:00:00 +0000" ')
    await client.ok(`SELECT ${box}`)
    expect(await client.ok('SEARCH SAVEDATESUPPORTED')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SEARCH SAVEDSINCE 2-Jan-2001')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SEARCH SAVEDBEFORE 2-Jan-2001')).toEqual(['* SEARCH'])
    expect(await client.ok('SEARCH SAVEDON 1-Jan-2001')).toEqual(['* SEARCH'])
  })
})

describe('OBJECTID', () => {
  const idOf = (lines: string[]): string => /MAILBOXID \((\w[\w-]*)\)/.exec(lines.join('\n'))![1]

  test('RFC 8474 §4.1, §4.2, §4.3: one MAILBOXID everywhere, also under another name', async () => {
    const { tagged } = await client.command(`CREATE ${box}-id`)
    const id = idOf([tagged])
    expect(idOf(await client.ok(`SELECT ${box}-id`))).toBe(id)
    expect(idOf(await client.ok(`STATUS ${box}-id (MAILBOXID)`))).toBe(id)
    await client.ok(`RENAME ${box}-id ${box}-other`)
    expect(idOf(await client.ok(`EXAMINE ${box}-other`))).toBe(id)
    await client.ok(`CREATE ${box}-id`)
    expect(idOf(await client.ok(`STATUS ${box}-id (MAILBOXID)`))).not.toBe(id)
  })

  test('RFC 8474 §5.1, §5.2: EMAILID stays with a message, THREADID with a thread', async () => {
    await filled(mail('a'), mail('b', 'x', 'References: <a@x.example>\r\n'), mail('c'))
    await client.ok(`COPY 1 ${box}`)
    const lines = await client.ok('FETCH 1:4 (EMAILID THREADID)')
    const ids = lines.map((line) =>
      /EMAILID \(([\w-]+)\) THREADID \(([\w-]+)\)/.exec(line)!.slice(1),
    )
    expect(ids[3]).toEqual(ids[0])
    expect(ids[1][1]).toBe(ids[0][1])
    expect(ids[2][1]).not.toBe(ids[0][1])
    expect(new Set(ids.map(([email]) => email)).size).toBe(3)
    // RFC 8474 §6: and finds it
    expect(await client.ok(`SEARCH EMAILID ${ids[0][0]}`)).toEqual(['* SEARCH 1 4'])
    expect(await client.ok(`SEARCH THREADID ${ids[0][1]}`)).toEqual(['* SEARCH 1 2 4'])
  })
})

describe('UIDPLUS and MOVE', () => {
  test('RFC 4315 §2.1: UID EXPUNGE removes what is named and marked, nothing else', async () => {
    await filled(mail('a'), mail('b'), mail('c'))
    await client.ok('STORE 1,2 +FLAGS.SILENT (\\Deleted)')
    expect(await client.ok('UID EXPUNGE 2:3')).toEqual(['* 2 EXPUNGE'])
    expect(await client.ok('FETCH 1:* UID')).toEqual(['* 1 FETCH (UID 1)', '* 2 FETCH (UID 3)'])
  })

  test('RFC 4315 §3: APPENDUID and COPYUID in the order of the messages', async () => {
    expect((await client.append(box, mail('a'))).tagged).toMatch(/^OK \[APPENDUID \d+ 1\]/)
    await filled(mail('b'), mail('c'))
    expect((await client.command(`UID COPY 3,1 ${box}`)).tagged).toMatch(/COPYUID \d+ 1,3 4:5\]/)
    expect((await client.command(`UID COPY 99 ${box}`)).tagged).not.toContain('COPYUID')
  })

  test('RFC 6851 §3, §4.3: COPYUID, then EXPUNGE, then OK; what is not there is not moved', async () => {
    await filled(mail('a'), mail('b'))
    const { untagged, tagged } = await client.command(`MOVE 1 ${box}`)
    expect(untagged.slice(0, 2)).toEqual([
      expect.stringMatching(/^\* OK \[COPYUID \d+ 1 3\]/),
      '* 1 EXPUNGE',
    ])
    expect(tagged).toMatch(/^OK/)
    expect((await client.command('MOVE 1 nowhere')).tagged).toMatch(/^NO \[TRYCREATE\]/)
    expect(await client.ok(`UID MOVE 99 ${box}`)).toEqual([])
  })
})

describe('IDLE', () => {
  test('RFC 2177 §3: tells what others do until DONE', async () => {
    await filled(mail('a'))
    const other = await server.logIn('root')
    await other.ok(`SELECT ${box}`)
    const tag = client.send('IDLE')
    expect(await client.line()).toMatch(/^\+ /)
    await other.ok('STORE 1 +FLAGS.SILENT (\\Flagged)')
    expect(await client.line()).toMatch(/^\* 1 FETCH \(FLAGS \(\\Flagged/)
    await other.append(box, mail('b'))
    expect(await client.line()).toBe('* 2 EXISTS')
    expect(await client.line()).toMatch(/^\* \d RECENT$/)
    await other.ok('STORE 1 +FLAGS.SILENT (\\Deleted)')
    await other.ok('EXPUNGE')
    expect(await client.line()).toMatch(/^\* 1 FETCH/)
    expect(await client.line()).toBe('* 1 EXPUNGE')
    client.write('DONE\r\n')
    expect((await client.answer(tag)).tagged).toMatch(/^OK/)
  })
})

describe('WITHIN', () => {
  test('RFC 5032 §3: OLDER and YOUNGER than some seconds', async () => {
    await client.append(box, mail('old'), '"01-Jan-2001 00:00:00 +0000" ')
    await filled(mail('new'))
    expect(await client.ok('SEARCH OLDER 86400')).toEqual(['* SEARCH 1'])
    expect(await client.ok('SEARCH YOUNGER 86400')).toEqual(['* SEARCH 2'])
    expect((await client.command('SEARCH YOUNGER 0')).tagged).toMatch(/^BAD/)
  })
})

describe('ENABLE and NAMESPACE', () => {
  test('RFC 5161 §3.1: tells what is enabled now; what is unknown is left out', async () => {
    expect(await client.ok('ENABLE X-GOOD CONDSTORE')).toEqual(['* ENABLED CONDSTORE'])
    expect(await client.ok('ENABLE X-GOOD')).toEqual(['* ENABLED'])
  })

  test('RFC 2342 §5: all is personal', async () => {
    expect(await client.ok('NAMESPACE')).toEqual(['* NAMESPACE (("" "/")) NIL NIL'])
  })
})

describe('ACL', () => {
  test('RFC 4314 §3.3, §3.4, §3.5: honest answers', async () => {
    const user = await server.logIn('user')
    expect(await user.ok('MYRIGHTS INBOX')).toEqual(['* MYRIGHTS INBOX lrswte'])
    expect(await user.ok('MYRIGHTS Spam')).toEqual(['* MYRIGHTS Spam lrswite'])
    expect(await user.ok('GETACL Spam')).toEqual([`* ACL Spam ${LOGINS.user} lrswite`])
    expect(await user.ok(`LISTRIGHTS Spam ${LOGINS.user}`)).toEqual([
      `* LISTRIGHTS Spam ${LOGINS.user} "lrswite"`,
    ])
    expect(await user.ok('LISTRIGHTS Spam somebody')).toEqual(['* LISTRIGHTS Spam somebody ""'])
    expect((await user.command('MYRIGHTS nowhere')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
  })

  test('RFC 4314 §3.1, §3.2: nothing to be given away', async () => {
    expect((await client.command('SETACL Spam somebody lr')).tagged).toMatch(/^NO \[NOPERM\]/)
    expect((await client.command('DELETEACL Spam somebody')).tagged).toMatch(/^NO \[NOPERM\]/)
  })
})

describe('QUOTA and APPENDLIMIT', () => {
  test('RFC 9208 §4.1.1, §4.1.2: the space of the scope', async () => {
    const user = await server.logIn('user')
    const [root, quota] = await user.ok('GETQUOTAROOT Spam')
    expect(root).toBe(`* QUOTAROOT Spam ${LOGINS.user}`)
    expect(quota).toMatch(/^\* QUOTA user@example\.com \(STORAGE \d+ \d+\)$/)
    expect(await user.ok(`GETQUOTA ${LOGINS.user}`)).toEqual([quota])
    expect((await user.command('GETQUOTA elsewhere')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
  })

  test('RFC 9208 §4.1.3: is not the client’s to set', async () => {
    const user = await server.logIn('user')
    expect((await user.command(`SETQUOTA ${LOGINS.user} (STORAGE 1)`)).tagged).toMatch(/^NO /)
  })

  test('RFC 9208 §4.3.1: STATUS tells what an EXPUNGE would free', async () => {
    await filled(mail('a'), mail('bb'))
    await client.ok('STORE 2 +FLAGS.SILENT (\\Deleted)')
    expect(await client.ok(`STATUS ${box} (DELETED DELETED-STORAGE)`)).toEqual([
      `* STATUS ${box} (DELETED 1 DELETED-STORAGE ${mail('bb').length})`,
    ])
  })

  test('RFC 7889 §3, §5: one limit for all mailboxes, told by CAPABILITY and by STATUS', async () => {
    const [capability] = await client.ok('CAPABILITY')
    const limit = Number(/ APPENDLIMIT=(\d+)/.exec(capability)![1])
    expect(await client.ok(`STATUS ${box} (APPENDLIMIT)`)).toEqual([
      `* STATUS ${box} (APPENDLIMIT ${limit})`,
    ])
    client.write(`big APPEND ${box} {${limit + 1}}\r\n`)
    expect((await client.answer('big')).tagged).toMatch(/^NO \[TOOBIG\]/)
  })
})

describe('response codes', () => {
  test('RFC 5530 §3: a program can tell why', async () => {
    const user = await server.logIn('user')
    const told = async (command: string): Promise<string> => (await user.command(command)).tagged
    expect(await told('SELECT nowhere')).toMatch(/^NO \[NONEXISTENT\] \S/)
    expect(await told('CREATE Archive')).toMatch(/^NO \[CANNOT\] \S/)
    expect(await told('DELETE Spam')).toMatch(/^NO \[CANNOT\] \S/)
    expect((await client.command(`CREATE ${box}`)).tagged).toMatch(/^NO \[ALREADYEXISTS\] \S/)
    const stranger = await server.connect()
    await stranger.greeting()
    expect((await stranger.command('LOGIN nobody wrong')).tagged).toMatch(
      /^NO \[AUTHENTICATIONFAILED\] \S/,
    )
  })
})
