// lazaret backup, restore and check, as processes of their own beside others that write.
import { chownSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../../plugin/config.ts'
import { open } from '../../../plugin/open.ts'
import { hold, message, rig, ROOT } from '../../quarantine/rig.ts'
import { ensureBuilt } from '../../rig/build.ts'
import { flip } from '../../rig/damage.ts'
import { on, run, tempDir } from '../run.ts'

interface Checked {
  ok: boolean
  findings: { about: string; ok: boolean; text: string }[]
}

beforeAll(ensureBuilt)

test('a backup made while others write is whole, and restores what it has', async () => {
  const dir = tempDir()
  const lazaret = rig({}, dir)
  for (let i = 0; i < 20; i++) await hold(lazaret, message(`before-${i}`))
  const large = message('large', 'x'.repeat(1_500_000))
  const [{ item: largeItem }] = await hold(lazaret, large)
  const { uidValidity } = lazaret.store
  let writing = true
  const writer = (async () => {
    for (let i = 0; writing; i++) await hold(lazaret, message(`while-${i}`, 'x'.repeat(9000)))
  })()
  const backup = join(tempDir(), 'new')
  const made = await on(dir).json<{ octets: number }>(['backup', backup])
  writing = false
  await writer
  expect(made.octets).toBeGreaterThan(10_000)
  expect(statSync(backup).mode & 0o777).toBe(0o700)
  const checked = await on(backup).json<Checked>(['check'])
  expect(checked.ok).toBe(true)
  expect(checked.findings.map(({ about }) => about)).toEqual(
    expect.arrayContaining(['file', 'format', 'messages', 'items', 'journal', 'views', 'space']),
  )
  expect(checked.findings.find(({ about }) => about === 'views')?.text).toMatch(/what the journal/)

  // In use, and not empty: refused in words.
  const used = await on(dir).at(['restore', backup, '--replace'])
  expect(used).toMatchObject({ code: 1, err: expect.stringMatching(/in use: stop Haraka/) })
  const held = lazaret.store.seq
  await lazaret.close()
  const there = await on(dir).at(['restore', backup])
  expect(there).toMatchObject({ code: 1, err: expect.stringMatching(/--replace/) })
  const restored = await on(dir).json<{ aside: string }>(['restore', backup, '--replace'])
  expect(existsSync(join(restored.aside, 'data.mdb'))).toBe(true)
  const again = open(readConfig({}), dir)
  expect(again.store.seq).toBeLessThanOrEqual(held + 1)
  // UIDs are given again: clients have to know.
  expect(again.store.uidValidity).toBeGreaterThan(uidValidity)
  const raw = again.quarantine.as(ROOT).items.raw(largeItem as number)
  expect(raw.equals(large)).toBe(true)
  const { items } = await again.quarantine.as(ROOT).items.list({ limit: 500 })
  expect(items.length).toBeGreaterThanOrEqual(20)
  await again.close()
  expect((await on(dir).json<Checked>(['check'])).ok).toBe(true)
})

test('a backup is not written over another, and what is none or damaged is not restored', async () => {
  const dir = tempDir()
  const lazaret = rig({}, dir)
  await hold(lazaret, message('one', 'the needle in it\r\n'))
  await lazaret.close()
  const backup = tempDir()
  await on(dir).json(['backup', backup])
  const twice = await on(dir).at(['backup', backup])
  expect(twice).toMatchObject({ code: 1, err: expect.stringMatching(/is not empty/) })
  const fresh = tempDir()
  const none = await on(fresh).at(['restore', tempDir()])
  expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/is no backup/) })
  flip(backup, 'the needle in it')
  const bad = await on(fresh).at(['restore', backup])
  expect(bad).toMatchObject({ code: 1, err: expect.stringMatching(/is damaged: .*Take another/) })
  expect(readdirSync(fresh)).toEqual([])
})

test('check names what is damaged, whose it is, and what to do', async () => {
  const dir = tempDir()
  const lazaret = rig({}, dir)
  const [{ item }] = await hold(lazaret, message('one', 'the needle in it\r\n'))
  await hold(lazaret, message('two'))
  flip(dir, 'the needle in it')
  const { ok, findings } = await on(dir).json<Checked>(['check'], {}, 1)
  expect(ok).toBe(false)
  const wrong = findings.filter((one) => !one.ok)
  expect(wrong.map(({ about }) => about)).toEqual(['messages'])
  expect(wrong[0].text).toMatch(new RegExp(`^1 of 2 are damaged.*\\(item ${item}\\).*backup`))
  const told = await on(dir).at(['check'])
  expect(told).toMatchObject({ code: 1, out: expect.stringMatching(/WRONG messages 1 of 2/) })
  await lazaret.close()
  writeFileSync(join(dir, 'data.mdb'), 'no database')
  const broken = await on(dir).at(['check'])
  expect(broken).toMatchObject({
    code: 3,
    err: expect.stringMatching(/data\.mdb is damaged: it is cut off/),
  })
})

const NOBODY = 65_534

test.runIf(process.getuid?.() === 0)('root leaves the files to whom they belong', async () => {
  const dir = tempDir()
  chownSync(dir, NOBODY, NOBODY)
  const added = await run(['account', 'add', 'admin', '--password-stdin', '--data', dir], {
    input: 'correct horse',
  })
  expect(added.code, added.err).toBe(0)
  const owners = readdirSync(dir, { recursive: true, encoding: 'utf8' }).map(
    (name) => statSync(join(dir, name)).uid,
  )
  expect(owners.length).toBeGreaterThan(2)
  expect(new Set(owners)).toEqual(new Set([NOBODY]))
  const backup = tempDir()
  await on(dir).json(['backup', backup])
  await on(dir).json(['restore', backup, '--replace'])
  expect(statSync(join(dir, 'data.mdb')).uid).toBe(NOBODY)
})
