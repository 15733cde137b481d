// item restore and purge: what can be brought back, and what makes room.
import { expect, test } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { envelope, message } from '../../quarantine/rig.ts'
import { on, tempDir } from '../run.ts'

const dir = tempDir()
const { at, json } = on(dir)

/** Held, and deleted where `gone`. */
async function hold(recipient: string, id: string, gone: boolean): Promise<number> {
  const lazaret = open(readConfig({}), dir)
  const { system } = lazaret.quarantine
  const one = envelope({ to: [recipient], hold: 'for the test' })
  const [{ item }] = await system.screen(one, message(id))
  if (gone) await lazaret.quarantine.as(CLI).items.delete(item as number)
  await lazaret.close()
  return item as number
}

interface Listed {
  id: number
  folders: string[]
  expires: string | null
  deleted: { at: string; by: string; folder: string } | null
}

test('list, restore, purge', async () => {
  const a = await hold('a@example.com', 'a', true)
  const b = await hold('b@other.example', 'b', true)
  const c = await hold('a@example.com', 'c', false)
  const all = await json<Listed[]>(['item', 'list', '--only', 'deleted'])
  expect(all.map(({ id }) => id)).toEqual([b, a])
  expect(all[0]).toMatchObject({ folders: [], deleted: { by: 'cli', folder: 'caught' } })
  expect(Date.parse(all[0].expires ?? '')).toBe(
    Date.parse(all[0].deleted?.at ?? '') + 48 * 3_600_000,
  )
  const scoped = await at(['item', 'list', '--only', 'deleted', '--scope', 'example.com'])
  expect(scoped.out).toContain('Test a')
  expect(scoped.out).not.toContain('Test b')
  expect((await at(['item', 'show', String(a)])).out).toMatch(/^Deleted +.* UTC, by cli$/m)

  expect(await json(['item', 'restore', String(a)])).toEqual({ restored: 1 })
  expect((await json<Listed[]>(['item', 'list'])).map(({ id }) => id)).toEqual([a, c])
  const again = await at(['item', 'restore', String(a)])
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('was not deleted')])
  expect((await at(['item', 'restore'])).code).toBe(2)
  expect(await json(['item', 'restore', '--all', '--scope', 'example.com'])).toEqual({
    restored: 0,
  })

  const unsure = await at(['item', 'purge'])
  expect([unsure.code, unsure.err]).toEqual([2, expect.stringContaining('say --yes')])
  expect((await at(['item', 'purge', '--held', '--yes'])).code).toBe(1)
  expect((await at(['item', 'purge', '--count', 'x', '--yes'])).code).toBe(2)
  expect(await json(['item', 'purge', '--yes'])).toMatchObject({ items: 1 })
  expect(await json(['item', 'purge', '--held', '--older-than', '1', '--yes'])).toEqual({
    items: 0,
    octets: 0,
  })
  // What came back begins anew: the other one is older.
  const room = await at(['item', 'purge', '--held', '--count', '1', '--yes'])
  expect(room.out).toMatch(/^1 message is gone for good; \d+ octets can be used again\.$/m)
  expect((await json<Listed[]>(['item', 'list'])).map(({ id }) => id)).toEqual([a])
})
