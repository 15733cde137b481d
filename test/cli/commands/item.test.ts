// item and journal: what lies in the quarantine, and who did what.
import { expect, test } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { CLI, open } from '../../../plugin/open.ts'
import { on, tempDir } from '../run.ts'

const dir = tempDir()
const { at, json } = on(dir)

async function hold(recipient: string, subject: string): Promise<number> {
  const lazaret = open(readConfig({}), dir)
  const raw = Buffer.from(`From: bad@spam.example\r\nSubject: ${subject}\r\n\r\nbuy\r\n`)
  const [decision] = await lazaret.quarantine.system.screen(
    {
      sender: 'bounce@spam.example',
      recipients: [{ address: recipient, route: { nextHop: 'smtp://10.0.0.1:25', wants: null } }],
      direction: 'in',
      proofs: { dkim: [], spf: null, checked: false },
      signals: ['spf=fail'],
      hold: null,
    },
    raw,
  )
  await lazaret.close()
  return decision.item ?? 0
}

interface Listed {
  id: number
  subject: string
  folders: string[]
  release: { state: string } | null
}

test('items of a folder, newest first, as a scope sees them', async () => {
  await json(['list', 'add', '*@spam.example', '--block'])
  const first = await hold('a@example.com', 'one')
  const second = await hold('b@example.com', '=?utf-8?q?zw=C3=B6lf=1B[31m?=')
  const third = await hold('c@example.org', 'three')
  const ids = async (...args: string[]): Promise<number[]> =>
    (await json<Listed[]>(['item', 'list', ...args])).map(({ id }) => id)
  expect(await ids()).toEqual([third, second, first])
  expect(await ids('--limit', '1')).toEqual([third])
  expect(await ids('--scope', 'example.com')).toEqual([second, first])
  expect(await ids('--scope', 'a@example.com')).toEqual([first])
  const { out } = await at(['item', 'list'])
  expect(out).toContain('zwölf')
  // Nothing of a message reaches the terminal as a control sequence.
  expect(out).not.toContain('\u001b')

  const shown = await at(['item', 'show', String(first)])
  expect(shown.out).toMatch(/^Recipient +a@example\.com$/m)
  expect(shown.out).toMatch(/^Folders +Caught$/m)
  expect(shown.out).toContain('is on the block list of everybody as *@spam.example')
  const none = await at(['item', 'list', '--folder', 'Nope'])
  expect(none.code).toBe(1)
  expect(none.err).toContain('Caught')
  expect((await at(['item', 'show', '999999'])).code).toBe(1)
})

test('the outcome of a release is shown, and the journal tells who asked', async () => {
  const lazaret = open(readConfig({ settings: { release_delay: 0 } }), dir)
  const { quarantine } = lazaret
  const login = { account: 'a@example.com', tier: 'address', scope: 'a@example.com' } as const
  const [caught, release] = ['Caught', 'Release'].map((name) =>
    quarantine.as(login).folders.find(name),
  )
  if (!caught || !release) throw new Error('folders')
  const [uid] = quarantine.as(login).messages.rows(caught).uid
  await quarantine.as(login).messages.move(caught, [uid], release)
  const [open_] = quarantine.system.openReleases()
  const [job] = (await quarantine.system.claim(open_.item, 'test')) ?? []
  await quarantine.system.queued(job.item, job.token)
  await quarantine.system.report(job.item, job.token, 'delivered', '250 thanks')
  await lazaret.close()
  const shown = await json<Listed>(['item', 'show', String(job.item)])
  expect(shown).toMatchObject({
    folders: ['Release'],
    release: { state: 'delivered', reply: '250 thanks', actor: expect.any(String) },
  })
  expect((await at(['item', 'list', '--folder', 'Release'])).out).toContain('delivered')
  const mine = await at(['journal', '--actor', 'a@example.com'])
  expect(mine.out).toMatch(/a@example\.com +UID \d+ of a@example\.com moved from caught to release/)
  const all = await json<{ seq: number; actor: string }[]>(['journal', '--since', '0'])
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at_) => at_ + 1))
  expect(await json(['journal', '--last', '2'])).toHaveLength(2)
})

test('the owner of the data is an actor of its own', async () => {
  await json(['settings', 'set', 'spam', '0.95'])
  const [last] = await json<{ actor: string; text: string }[]>(['journal', '--last', '1'])
  expect(last).toMatchObject({ actor: CLI.account, text: 'spam for everybody: 0.95' })
})
