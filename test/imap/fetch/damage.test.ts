// One flipped octet on the disk: the message is not shown, the others are.
import { expect, test } from 'vitest'
import { hold, message } from '../../quarantine/rig.ts'
import { flip } from '../../rig/damage.ts'
import { startServer, LOGINS } from '../harness.ts'

test('a damaged message is refused by its name, and what lies beside it is served', async () => {
  const it = await startServer()
  const lines: string[] = []
  it.lazaret.onDamage((line) => lines.push(line))
  for (const word of ['first', 'second', 'third'])
    await hold(it.lazaret, message(word, `the ${word} body\r\n`), { to: [LOGINS.user] })
  flip(it.lazaret.store.dir, 'the second body')

  const client = await it.logIn()
  await client.ok('SELECT Caught')
  for (const items of [
    'BODY.PEEK[]',
    'BODY.PEEK[TEXT]<0.5>',
    'BODY.PEEK[1]',
    'BINARY.PEEK[1]',
    'PREVIEW',
  ]) {
    const { untagged, tagged } = await client.command(`FETCH 1:3 (UID ${items})`)
    expect(tagged, items).toMatch(/NO \[CORRUPTION\] This message is damaged on the disk/)
    expect(
      untagged.map((line) => line.split(' FETCH')[0]),
      items,
    ).toEqual(['* 1', '* 3'])
  }
  // What was noted when it came can be read, and it can be deleted.
  const list = await client.command('FETCH 2 (ENVELOPE RFC822.SIZE FLAGS)')
  expect(list.untagged[0]).toContain('Test second')
  // It matches no text, and the search goes on behind it.
  expect((await client.command('SEARCH TEXT body')).untagged).toEqual(['* SEARCH 1 3'])
  expect((await client.command('SORT (TO) UTF-8 ALL')).untagged[0].split(' ').toSorted()).toEqual([
    '*',
    '1',
    '2',
    '3',
    'SORT',
  ])
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^DAMAGE: .*lazaret check/)
})
