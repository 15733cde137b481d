// Mailboxes that can be made: CREATE, DELETE, RENAME, SUBSCRIBE, LIST, LSUB (RFC 9051 §6.3.4 to §6.3.9,
// RFC 3501 §6.3.9, RFC 5258).
import { beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Running } from '../harness.ts'
import type { WireClient } from '../wire-client.ts'

const RAW = Buffer.from('Subject: a\r\n\r\nb\r\n')
const names = (lines: string[]): string[] => lines.map((line) => line.split(' "/" ')[1])

let server: Running
let client: WireClient
beforeAll(async () => {
  server = await startServer({ imap: { test_mailboxes: 'true' } })
  client = await server.logIn('root')
})

describe('§6.3.4 CREATE', () => {
  test('of a nested name: those above are there, and cannot be selected', async () => {
    await client.ok('CREATE above/middle/below')
    expect(await client.ok('LIST "" above*')).toEqual([
      '* LIST (\\Noselect \\HasChildren) "/" above',
      '* LIST (\\Noselect \\HasChildren) "/" above/middle',
      '* LIST (\\HasNoChildren) "/" above/middle/below',
    ])
    expect((await client.command('SELECT above/middle')).tagged).toMatch(/^NO /)
    expect((await client.command('STATUS above (MESSAGES)')).tagged).toMatch(/^NO /)
  })

  test('of such a name makes it a mailbox', async () => {
    await client.ok('CREATE above/')
    await client.ok('SELECT above')
    await client.ok('UNSELECT')
    expect(await client.ok('LIST "" above')).toEqual(['* LIST (\\HasChildren) "/" above'])
    expect((await client.command('CREATE above')).tagged).toMatch(/^NO \[ALREADYEXISTS\]/)
  })

  test('§5.1: wildcards are valid in a name', async () => {
    await client.ok('CREATE "100%*"')
    expect(await client.ok('LIST "" 100%')).toEqual(['* LIST (\\HasNoChildren) "/" "100%*"'])
    await client.ok('SELECT "100%*"')
    await client.ok('CLOSE')
    await client.ok('DELETE "100%*"')
  })

  test('of INBOX in any case is refused', async () => {
    for (const name of ['INBOX', 'inbox', 'InBox'])
      expect((await client.command(`CREATE ${name}`)).tagged).toMatch(/^NO /)
  })

  test('§2.3.1.1: a mailbox made again has a greater UIDVALIDITY', async () => {
    const validity = async (): Promise<number> => {
      await client.ok('CREATE again')
      const [line] = await client.ok('STATUS again (UIDVALIDITY)')
      await client.ok('DELETE again')
      return Number(/UIDVALIDITY (\d+)/.exec(line)?.[1])
    }
    const all = [await validity(), await validity(), await validity()]
    expect(all[1]).toBeGreaterThan(all[0])
    expect(all[2]).toBeGreaterThan(all[1])
  })

  test('§2.3.1.1: UIDs are counted from 1, and what was used is not used again', async () => {
    const uidOf = async (): Promise<string | undefined> =>
      /APPENDUID \d+ (\d+)/.exec((await client.append('counted', RAW)).tagged)?.[1]
    const next = (): Promise<string[]> => client.ok('STATUS counted (UIDNEXT)')
    await client.ok('CREATE counted')
    expect(await next()).toEqual(['* STATUS counted (UIDNEXT 1)'])
    expect([await uidOf(), await uidOf(), await uidOf()]).toEqual(['1', '2', '3'])
    await client.ok('SELECT counted')
    await client.ok('UID STORE 3 +FLAGS.SILENT (\\Deleted)')
    await client.ok('EXPUNGE')
    expect(await next()).toEqual(['* STATUS counted (UIDNEXT 4)'])
    expect((await client.command('UID COPY 2,1 counted')).tagged).toMatch(/COPYUID \d+ 1:2 4:5\]/)
    const [moved] = await client.ok('UID MOVE 1 counted')
    expect(moved).toMatch(/COPYUID \d+ 1 6\]/)
    await client.ok('RENAME counted renamed')
    expect(await client.ok('STATUS renamed (UIDNEXT MESSAGES)')).toEqual([
      '* STATUS renamed (UIDNEXT 7 MESSAGES 4)',
    ])
    expect((await client.ok('FETCH 1:* UID')).at(-1)).toBe('* 4 FETCH (UID 6)')
    await client.ok('UNSELECT')
  })
})

describe('§6.3.5 DELETE', () => {
  test('of a name with children is refused, whether it is a mailbox or not', async () => {
    await client.ok('CREATE tree/branch/leaf')
    for (const name of ['tree', 'tree/branch'])
      expect((await client.command(`DELETE ${name}`)).tagged).toMatch(/^NO \[HASCHILDREN\]/)
    await client.ok('DELETE tree/branch/leaf')
    expect(await client.ok('LIST "" tree*')).toEqual([])
  })

  test('of what is not there, and of INBOX', async () => {
    expect((await client.command('DELETE nowhere')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
    expect((await client.command('DELETE INBOX')).tagged).toMatch(/^NO /)
  })

  test('of the mailbox that a session has selected leaves that session alive', async () => {
    await client.ok('CREATE doomed')
    await client.append('doomed', RAW)
    const other = await server.logIn('root')
    await other.ok('SELECT doomed')
    await client.ok('DELETE doomed')
    expect((await other.command('NOOP')).tagged).toMatch(/^OK /)
    expect((await other.command('SELECT doomed')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
    await other.ok('SELECT INBOX')
  })

  test('of a mailbox with others below it leaves the name, which cannot be selected', async () => {
    await client.ok('CREATE oak')
    await client.ok('CREATE oak/shoot')
    await client.append('oak', RAW)
    await client.ok('DELETE oak')
    expect(await client.ok('LIST "" oak*')).toEqual([
      '* LIST (\\Noselect \\HasChildren) "/" oak',
      '* LIST (\\HasNoChildren) "/" oak/shoot',
    ])
    expect((await client.command('SELECT oak')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
    expect((await client.command('DELETE oak')).tagged).toMatch(/^NO \[HASCHILDREN\]/)
    await client.ok('CREATE oak')
    expect(await client.ok('STATUS oak (MESSAGES)')).toEqual(['* STATUS oak (MESSAGES 0)'])
  })

  test('keeps the subscription', async () => {
    await client.ok('CREATE wanted')
    await client.ok('SUBSCRIBE wanted')
    await client.ok('DELETE wanted')
    expect(await client.ok('LIST (SUBSCRIBED) "" wanted')).toEqual([
      '* LIST (\\NonExistent \\Subscribed) "/" wanted',
    ])
    await client.ok('UNSUBSCRIBE wanted')
    expect(await client.ok('LSUB "" wanted')).toEqual([])
  })
})

describe('§6.3.6 RENAME', () => {
  test('takes along what is below, also of a name that is no mailbox', async () => {
    await client.ok('CREATE old/one')
    await client.ok('CREATE old/two/three')
    await client.append('old/one', RAW)
    await client.ok('RENAME old new/er')
    expect(names(await client.ok('LIST "" new*'))).toEqual([
      'new',
      'new/er',
      'new/er/one',
      'new/er/two',
      'new/er/two/three',
    ])
    expect(await client.ok('LIST "" old*')).toEqual([])
    expect(await client.ok('STATUS new/er/one (MESSAGES)')).toEqual([
      '* STATUS new/er/one (MESSAGES 1)',
    ])
  })

  test('keeps UIDs and UIDVALIDITY', async () => {
    await client.ok('CREATE here')
    await client.append('here', RAW)
    const items = '(UIDVALIDITY UIDNEXT MESSAGES MAILBOXID)'
    const [before] = await client.ok(`STATUS here ${items}`)
    await client.ok('RENAME here there')
    const [after] = await client.ok(`STATUS there ${items}`)
    expect(after).toBe(before.replace('here', 'there'))
  })

  test('refuses what is there, below itself, what is not there, and INBOX', async () => {
    await client.ok('CREATE p')
    await client.ok('CREATE q/r')
    expect((await client.command('RENAME p q')).tagged).toMatch(/^NO \[ALREADYEXISTS\]/)
    expect((await client.command('RENAME p q/r')).tagged).toMatch(/^NO \[ALREADYEXISTS\]/)
    expect((await client.command('RENAME q q/s')).tagged).toMatch(/^NO \[CANNOT\]/)
    expect((await client.command('RENAME nowhere x')).tagged).toMatch(/^NO \[NONEXISTENT\]/)
    expect((await client.command('RENAME INBOX x')).tagged).toMatch(/^NO \[CANNOT\]/)
    expect(names(await client.ok('LIST "" (p q/*)'))).toEqual(['p', 'q/r'])
  })
})

describe('§6.3.9 LIST', () => {
  test('% stops at the delimiter, * does not; reference and pattern are joined', async () => {
    for (const name of ['l/a/b', 'l/c']) await client.ok(`CREATE ${name}`)
    expect(names(await client.ok('LIST "" l/%'))).toEqual(['l/a', 'l/c'])
    expect(names(await client.ok('LIST "" l/%/%'))).toEqual(['l/a/b'])
    expect(names(await client.ok('LIST l/ *'))).toEqual(['l/a', 'l/a/b', 'l/c'])
    expect(names(await client.ok('LIST "" l/*b'))).toEqual(['l/a/b'])
    expect(names(await client.ok('LIST "" %/a'))).toEqual(['l/a'])
  })

  test('RFC 5258 §3.5: RECURSIVEMATCH tells a parent for its subscribed children', async () => {
    for (const name of ['s/t', 's/u']) await client.ok(`CREATE ${name}`)
    await client.ok('SUBSCRIBE s/t')
    expect(await client.ok('LIST (SUBSCRIBED RECURSIVEMATCH) "" s')).toEqual([
      '* LIST (\\Noselect \\HasChildren) "/" s ("CHILDINFO" ("SUBSCRIBED"))',
    ])
    expect((await client.command('LIST (RECURSIVEMATCH) "" s')).tagged).toMatch(/^BAD /)
  })

  test('RFC 5819 §2: STATUS of what can be selected only', async () => {
    expect(await client.ok('LIST "" s* RETURN (STATUS (MESSAGES))')).toEqual([
      '* LIST (\\Noselect \\HasChildren) "/" s',
      '* LIST (\\HasNoChildren) "/" s/t',
      '* STATUS s/t (MESSAGES 0)',
      '* LIST (\\HasNoChildren) "/" s/u',
      '* STATUS s/u (MESSAGES 0)',
    ])
  })

  test('RFC 3501 §6.3.9: LSUB with % tells a parent by \\Noselect', async () => {
    expect(await client.ok('LSUB "" s%')).toEqual(['* LSUB (\\Noselect) "/" s'])
    expect(await client.ok('LSUB "" s/%')).toEqual(['* LSUB (\\HasNoChildren) "/" s/t'])
  })
})

describe('a target that is not there', () => {
  test.each(['COPY 1 nowhere', 'MOVE 1 nowhere', 'UID COPY 1:* nowhere'])(
    '§6.4.7: %s says TRYCREATE and does nothing',
    async (command) => {
      await client.ok('CREATE source')
      await client.append('source', RAW)
      await client.ok('SELECT source')
      const { untagged, tagged } = await client.command(command)
      expect(tagged).toMatch(/^NO \[TRYCREATE\]/)
      expect(untagged.filter((line) => line.endsWith('EXPUNGE'))).toEqual([])
      await client.ok('UNSELECT')
      await client.ok('DELETE source')
    },
  )
})
