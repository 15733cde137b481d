// LIST, LSUB, XLIST, STATUS, and what is told of mailboxes.
import { beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

let server: Running
let user: WireClient
let root: WireClient
beforeAll(async () => {
  server = await startServer({ imap: { test_mailboxes: 'true', trash: 'true' } })
  user = await server.logIn('user')
  root = await server.logIn('root')
  for (const name of ['tree', 'tree/a', 'tree/a/x', 'tree/b', '"Entw&APw-rfe"', '"sp ace"'])
    await root.ok(`CREATE ${name}`)
  for (const name of ['tree/a', 'tree/a/x', 'tree/b']) await root.ok(`SUBSCRIBE ${name}`)
})

const names = (lines: string[]): string[] => lines.map((line) => line.split(' "/" ')[1])

describe('LIST', () => {
  test('of the delimiter', async () => {
    expect(await user.ok('LIST "" ""')).toEqual(['* LIST (\\Noselect) "/" ""'])
  })

  test('of everything: names with & and parentheses, special uses', async () => {
    expect(await user.ok('LIST "" *')).toEqual([
      '* LIST (\\HasNoChildren) "/" INBOX',
      '* LIST (\\HasNoChildren) "/" Caught',
      '* LIST (\\HasNoChildren) "/" "Caught (Outgoing)"',
      '* LIST (\\HasNoChildren) "/" "Training Requested"',
      '* LIST (\\HasNoChildren) "/" "Release &- Train"',
      '* LIST (\\HasNoChildren) "/" Release',
      '* LIST (\\HasNoChildren) "/" "Not Spam"',
      '* LIST (\\HasNoChildren \\Junk) "/" Spam',
      '* LIST (\\HasNoChildren \\Trash) "/" Trash',
    ])
  })

  test.each([
    ['"" %', ['tree', 'Entw&APw-rfe', '"sp ace"']],
    ['"" tree/%', ['tree/a', 'tree/b']],
    ['tree/ *', ['tree/a', 'tree/a/x', 'tree/b']],
    ['"" ("tree" "sp*")', ['tree', '"sp ace"']],
    ['"" Entw&APw-rfe', ['Entw&APw-rfe']],
    ['"" inbox', ['INBOX']],
    ['"" nothing', []],
  ])('%s', async (args, expected) => {
    const all = names(await root.ok(`LIST ${args}`))
    const known = new Set(names(await user.ok('LIST "" *')))
    expect(all.filter((name) => name === 'INBOX' || !known.has(name)).toSorted()).toEqual(
      (args === '"" %' ? ['INBOX', ...expected] : expected).toSorted(),
    )
  })

  test('tells children', async () => {
    expect(await root.ok('LIST "" tree')).toEqual(['* LIST (\\HasChildren) "/" tree'])
    expect(await root.ok('LIST "" tree/b')).toEqual(['* LIST (\\HasNoChildren) "/" tree/b'])
  })

  test('of subscriptions, and of parents of what is subscribed', async () => {
    expect(await root.ok('LIST (SUBSCRIBED) "" tree*')).toEqual([
      '* LIST (\\HasChildren \\Subscribed) "/" tree/a',
      '* LIST (\\HasNoChildren \\Subscribed) "/" tree/a/x',
      '* LIST (\\HasNoChildren \\Subscribed) "/" tree/b',
    ])
    expect(await root.ok('LIST (SUBSCRIBED RECURSIVEMATCH) "" tree')).toEqual([
      '* LIST (\\HasChildren) "/" tree ("CHILDINFO" ("SUBSCRIBED"))',
    ])
    // the child is told itself, so the parent need not stand for it
    expect(await root.ok('LIST (SUBSCRIBED RECURSIVEMATCH) "" (tree tree/*)')).toEqual([
      '* LIST (\\HasChildren \\Subscribed) "/" tree/a ("CHILDINFO" ("SUBSCRIBED"))',
      '* LIST (\\HasNoChildren \\Subscribed) "/" tree/a/x',
      '* LIST (\\HasNoChildren \\Subscribed) "/" tree/b',
    ])
    expect(await root.ok('LSUB "" tree/%')).toEqual([
      '* LSUB (\\HasChildren) "/" tree/a',
      '* LSUB (\\HasNoChildren) "/" tree/b',
    ])
    expect(await root.ok('LSUB "" tree%')).toEqual(['* LSUB (\\Noselect) "/" tree'])
  })

  test('with special uses, status and rights', async () => {
    expect(await user.ok('LIST (SPECIAL-USE) "" *')).toEqual([
      '* LIST (\\HasNoChildren \\Junk) "/" Spam',
      '* LIST (\\HasNoChildren \\Trash) "/" Trash',
    ])
    expect(
      await user.ok('LIST "" Spam RETURN (SUBSCRIBED STATUS (MESSAGES UNSEEN) MYRIGHTS)'),
    ).toEqual([
      '* LIST (\\HasNoChildren \\Junk \\Subscribed) "/" Spam',
      '* STATUS Spam (MESSAGES 0 UNSEEN 0)',
      '* MYRIGHTS Spam lrswite',
    ])
  })

  test('in UTF-8 for those who enable it', async () => {
    const client = await server.logIn('root')
    await client.ok('ENABLE IMAP4rev2')
    expect(await client.ok('LIST "" Entw*')).toEqual([
      `* LIST (\\HasNoChildren) "/" "${Buffer.from('Entwürfe').toString('latin1')}"`,
    ])
    expect(names(await client.ok('LIST "" Release*'))).toEqual(['"Release & Train"', 'Release'])
  })
})

describe('STATUS', () => {
  test('tells all it is asked for', async () => {
    await server.hold(2)
    const [line] = await user.ok(
      'STATUS Caught (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE HIGHESTMODSEQ MAILBOXID APPENDLIMIT DELETED-STORAGE)',
    )
    expect(line).toMatch(
      /^\* STATUS Caught \(MESSAGES 2 RECENT 2 UIDNEXT \d+ UIDVALIDITY \d+ UNSEEN 0 DELETED 0 SIZE \d+ HIGHESTMODSEQ \d+ MAILBOXID \(Fcaught\) APPENDLIMIT 52428800 DELETED-STORAGE 0\)$/,
    )
  })

  test('finds folders by the names of older systems', async () => {
    expect(await user.ok('STATUS "Release and Train/Not Spam" (MESSAGES)')).toEqual([
      '* STATUS "Release and Train/Not Spam" (MESSAGES 0)',
    ])
    expect(await user.ok('STATUS "Release & Train" (MESSAGES)')).toEqual([
      '* STATUS "Release &- Train" (MESSAGES 0)',
    ])
    expect((await user.command('STATUS Nothing (MESSAGES)')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
  })
})

describe('mailboxes', () => {
  test.each(['Trash', 'Sent', 'Drafts', 'Archive', '"Deleted Items"', 'Caught/below'])(
    'CREATE %s is refused kindly where there is no test switch',
    async (name) => {
      expect((await user.command(`CREATE ${name}`)).tagged).toMatch(
        name === 'Trash' ? /^NO \[(ALREADYEXISTS|CANNOT)\]/ : /^NO \[CANNOT\] .*\.$/,
      )
    },
  )

  test('of the quarantine can be neither deleted nor renamed, nor hidden', async () => {
    for (const command of ['DELETE Spam', 'RENAME Spam Ham', 'RENAME INBOX Old'])
      for (const client of [user, root])
        expect((await client.command(command)).tagged).toMatch(/^NO \[CANNOT\]/)
    await user.ok('UNSUBSCRIBE Spam')
    expect(names(await user.ok('LSUB "" *'))).toContain('Spam')
  })

  test('behind the test switch are made, renamed with all below them, and deleted', async () => {
    expect((await root.command('CREATE deep/er/')).tagged).toMatch(/^OK \[MAILBOXID \(M/)
    expect((await root.command('CREATE deep/er')).tagged).toMatch(/^NO \[ALREADYEXISTS\]/)
    expect((await root.command('DELETE deep')).tagged).toMatch(/^NO \[HASCHILDREN\]/)
    await root.ok('RENAME deep high/up')
    const high = names(await root.ok('LIST "" high*'))
    expect(high.toSorted()).toEqual(['high', 'high/up', 'high/up/er'])
    await root.ok('SUBSCRIBE high/up/er')
    await root.ok('DELETE high/up/er')
    expect(await root.ok('LIST (SUBSCRIBED) "" high*')).toEqual([
      '* LIST (\\NonExistent \\Subscribed) "/" high/up/er',
    ])
    expect(await root.ok('LSUB "" high*')).toEqual(['* LSUB (\\Noselect) "/" high/up/er'])
    await root.ok('UNSUBSCRIBE high/up/er')
    expect(await root.ok('LSUB "" high*')).toEqual([])
    expect((await root.command('SELECT high/up/er')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
    expect((await root.command('CREATE "a&b"')).tagged).toMatch(/^NO \[CANNOT\]/)
    expect((await user.command('SELECT high/up')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
  })
})

describe('rights and space', () => {
  test('are told honestly, and cannot be changed', async () => {
    expect(await user.ok('MYRIGHTS INBOX')).toEqual(['* MYRIGHTS INBOX lrswte'])
    expect(await user.ok('MYRIGHTS Spam')).toEqual(['* MYRIGHTS Spam lrswite'])
    expect(await user.ok('GETACL Spam')).toEqual(['* ACL Spam user@example.com lrswite'])
    expect(await user.ok('LISTRIGHTS Spam user@example.com')).toEqual([
      '* LISTRIGHTS Spam user@example.com "lrswite"',
    ])
    expect(await user.ok('LISTRIGHTS Spam other')).toEqual(['* LISTRIGHTS Spam other ""'])
    for (const command of ['SETACL Spam other lrs', 'DELETEACL Spam other', 'SETQUOTA "" ()'])
      expect((await user.command(command)).tagged).toMatch(/^NO \[NOPERM\]/)
  })

  test('quota is the space of the scope', async () => {
    const [root_, quota] = await user.ok('GETQUOTAROOT Caught')
    expect(root_).toBe('* QUOTAROOT Caught user@example.com')
    expect(quota).toMatch(/^\* QUOTA user@example\.com \(STORAGE [1-9]\d* 1048576\)$/)
    expect(await user.ok('GETQUOTA user@example.com')).toEqual([quota])
    expect((await user.command('GETQUOTA ""')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
  })
})
