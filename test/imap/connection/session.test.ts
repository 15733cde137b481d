import { describe, expect, test } from 'vitest'
import { startServer } from '../harness.ts'

describe('a session', () => {
  test('greets, logs in, lists, selects, fetches flags, logs out', async () => {
    const server = await startServer()
    await server.hold(2)
    const client = await server.connect()
    expect(await client.greeting()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 .*AUTH=PLAIN.*\]/)
    await client.ok('LOGIN user@example.com "correct horse"')
    const list = await client.ok('LIST "" "*"')
    expect(list).toContain('* LIST (\\HasNoChildren) "/" "Release &- Train"')
    expect(list).toContain('* LIST (\\HasNoChildren \\Junk) "/" Spam')
    const select = await client.ok('SELECT Caught')
    expect(select).toContain('* 2 EXISTS')
    expect(await client.ok('STORE 1 +FLAGS (\\Flagged $Junk)')).toEqual([
      expect.stringMatching(/^\* FLAGS \(.*\$Junk\)$/),
      '* 1 FETCH (FLAGS (\\Flagged \\Seen \\Recent $Junk))',
    ])
    const moved = await client.command('UID MOVE 1:* Spam')
    expect(moved.untagged[0]).toMatch(/^\* OK \[COPYUID \d+ \d+:\d+ \d+[,:]\d+\]/)
    expect(moved.untagged.slice(1)).toEqual(['* 2 EXPUNGE', '* 1 EXPUNGE'])
    const bye = await client.command('LOGOUT')
    expect(bye.untagged[0]).toMatch(/^\* BYE/)
    await client.closed()
  })
})
