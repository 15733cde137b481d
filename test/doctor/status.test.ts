// How it goes, at a glance, and what asks for a person.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../plugin/config.ts'
import { installationAt } from '../../plugin/doctor/installation.ts'
import { statusOf, type Status } from '../../plugin/doctor/status.ts'
import { CLI, open } from '../../plugin/open.ts'
import { lastErrors, noteError, tellRunning, whatRuns } from '../../plugin/running.ts'
import { DAY } from '../../plugin/time.ts'
import { VERSION } from '../../plugin/version.ts'
import { envelope, message } from '../quarantine/rig.ts'
import { tempDir } from '../tmp.ts'
import { freePort } from '../rig/ports.ts'
import { says, site, type Site } from './site.ts'

async function status(at: Site, now?: number): Promise<Status> {
  const lazaret = open(readConfig({}), at.data)
  try {
    return await statusOf(installationAt(at.dir), lazaret, now)
  } finally {
    await lazaret.close()
  }
}

test('nothing runs', async () => {
  const { ok, troubles, running, accounts, versions } = await status(await site())
  expect({ ok, troubles, running, accounts }).toEqual({
    ok: false,
    troubles: ['Haraka does not run on these data'],
    running: [],
    accounts: 1,
  })
  expect(versions).toMatchObject({ lazaret: VERSION, node: process.version, haraka: null })
})

test('all is well, and what there is', async () => {
  const at = await site({ plugins: 'lazaret\nqueue/smtp_forward\n' })
  const smtp = `127.0.0.1:${await says('220 mx\r\n')}`
  tellRunning(at.data, { role: 'mail', listens: { smtp: [smtp] }, sessions: 3, haraka: '3.3.4' })
  const lazaret = open(readConfig({}), at.data)
  const one = envelope({ hold: 'for the test' })
  await lazaret.quarantine.system.screen(one, message('held'))
  await lazaret.close()
  expect(await status(at)).toMatchObject({
    ok: true,
    troubles: [],
    sessions: 3,
    // Wherever it is installed: the process says it itself.
    versions: { haraka: '3.3.4' },
    held: 1,
    deleted: 0,
    masks: 0,
    releases: { open: {}, since: null },
    ports: [{ name: 'smtp', address: smtp, answers: true }],
    errors: [],
    store: { level: 'ok' },
  })
})

test('what asks for a person is told', async () => {
  const at = await site()
  const smtp = `127.0.0.1:${await freePort()}`
  tellRunning(at.data, { role: 'mail', listens: { smtp: [smtp] }, sessions: null })
  noteError(at.data, 'the front has ended')
  const lazaret = open(readConfig({}), at.data)
  const one = envelope({ hold: 'for the test' })
  const [{ item }] = await lazaret.quarantine.system.screen(one, message('late'))
  await lazaret.quarantine.as({ ...CLI, via: 'command root' }).items.release(item as number)
  await lazaret.close()
  const { ok, troubles, releases, errors } = await status(at, Date.now() + 2 * DAY)
  expect(ok).toBe(false)
  expect(releases.open).toEqual({ wanted: 1 })
  expect(errors.map(({ line }) => line)).toEqual(['the front has ended'])
  expect(troubles).toEqual([
    'nobody is served: the process for it does not run',
    `smtp on ${smtp} does not answer`,
    expect.stringMatching(/^a release has waited since /),
  ])
  expect((await status(at)).troubles).toContain('there were errors in the last hour')
})

test('a version that was installed and not started, and a configuration that is wrong', async () => {
  const at = await site({ 'lazaret.ini': '[imap]\nhost = x\n' })
  tellRunning(at.data, { role: 'mail', listens: {}, sessions: null })
  const [own] = whatRuns(at.data)
  const name = join(at.data, 'running')
  // The same process, as an earlier version would have said.
  const path = join(name, readdirSync(name)[0])
  writeFileSync(path, JSON.stringify({ ...own, version: '0.0.9' }))
  const { troubles } = await status(at)
  expect(troubles[0]).toContain("imap.host: 'x' is no IP address")
  expect(troubles).toContain(`version 0.0.9 runs and ${VERSION} is installed: restart Haraka`)
})

test('what runs: processes that are gone, or unreadable, are not told', () => {
  const dir = tempDir()
  expect(whatRuns(dir)).toEqual([])
  tellRunning(dir, { role: 'front', listens: { imaps: ['0.0.0.0:993'] }, sessions: 0 })
  writeFileSync(join(dir, 'running/1:gone-1.json'), '{"role":"mail"}')
  writeFileSync(join(dir, 'running/nonsense.json'), '{')
  expect(whatRuns(dir)).toMatchObject([{ role: 'front', pid: process.pid, sessions: 0 }])
  // A folder that is not there is no reason to fail.
  tellRunning(join(dir, 'none'), { role: 'mail', listens: {}, sessions: null })
})

test('errors are kept, the last of them, and not without bound', () => {
  const dir = tempDir()
  expect(lastErrors(dir, 5)).toEqual([])
  const start = Date.now() + DAY
  for (let i = 0; i < 100; i++) noteError(dir, `error ${i}`, start)
  const kept = lastErrors(dir, 1000)
  expect(kept).toHaveLength(20)
  expect(kept.at(-1)).toEqual({ at: start, line: 'error 19' })
  // Each a minute later: the older ones are put aside, and then gone.
  const long = 'x'.repeat(10_000)
  for (let i = 1; i < 30; i++) noteError(dir, `${i} ${long}`, start + i * 60_000)
  const last = lastErrors(dir, 3)
  expect(last.map(({ line }) => Number.parseInt(line, 10))).toEqual([27, 28, 29])
  expect(lastErrors(dir, 1000).length).toBeLessThan(20)
  mkdirSync(join(dir, 'none'))
  expect(lastErrors(join(dir, 'none'), 3)).toEqual([])
})
