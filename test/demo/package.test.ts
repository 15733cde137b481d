// Drop-in: the packed package in a folder as `haraka -i` makes it, with two lines in config/plugins.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { ImapFlow } from 'imapflow'
import { expect, test } from 'vitest'
import { ensureBuilt, ROOT } from '../rig/build.ts'
import { startHaraka } from '../rig/haraka.ts'
import { NextHop } from '../rig/sink.ts'
import { SmtpClient } from '../rig/smtp.ts'
import { freePorts, tempDir } from './gateway.ts'

const HARAKA = join(ROOT, 'node_modules/Haraka/bin/haraka')
const NAME = 'haraka-plugin-lazaret'

/** Unpacked where `npm install` puts it; what it depends on is linked, so that no registry is asked. */
function install(dir: string): string {
  const packed = tempDir()
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', packed], {
    cwd: ROOT,
  })
  const [tarball] = readdirSync(packed)
  execFileSync('tar', ['xzf', join(packed, tarball), '-C', packed])
  const home = join(dir, 'node_modules', NAME)
  mkdirSync(dirname(home), { recursive: true })
  execFileSync('cp', ['-r', join(packed, 'package'), home])
  const { dependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies)) {
    const link = join(dir, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), link)
  }
  return home
}

test.each([0, 2])('npm pack, haraka -i, two lines in config/plugins, nodes=%i', async (nodes) => {
  await ensureBuilt()
  const dir = join(tempDir(), 'mx')
  execFileSync(process.execPath, [HARAKA, '-i', dir], { stdio: 'ignore' })
  const home = install(dir)
  const config = join(dir, 'config')
  const hop = await NextHop.start()
  const base = await freePorts()
  const plugins = readFileSync(join(config, 'plugins'), 'utf8')
  expect(plugins).toContain('\nqueue/smtp_forward')
  writeFileSync(
    join(config, 'plugins'),
    plugins.replace('\nqueue/smtp_forward', '\nlazaret\nlazaret/imap\nqueue/smtp_forward'),
  )
  appendFileSync(join(config, 'smtp.ini'), `\n[main]\nlisten=127.0.0.1:${base}\nnodes=${nodes}\n`)
  writeFileSync(join(config, 'smtp_forward.ini'), `host=127.0.0.1\nport=${hop.port}\n`)
  writeFileSync(join(config, 'host_list'), 'example.com\n')
  writeFileSync(
    join(config, 'lazaret.ini'),
    `[imap]\nhost = 127.0.0.1\ntls_port = ${base + 1}\nstarttls_port = ${base + 2}\n`,
  )
  const lazaret = (args: string[], input = ''): void => {
    const bin = join(home, 'dist/plugin/cli/index.js')
    const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: dir, input })
    if (status !== 0) throw new Error(stderr.toString())
  }
  // Before Haraka ran for the first time, and while it runs.
  lazaret(['account', 'add', 'user@example.com', '--password-stdin'], 'correct horse')
  const haraka = await startHaraka({ dir, port: base, keep: true, nodes })
  lazaret(['list', 'add', '*@spam.example', '--block'])

  // From: of both, the envelope sender is null: the domain of a test has no MX to look up.
  const mail = (from: string, subject: string): Buffer =>
    Buffer.from(`From: ${from}\r\nSubject: ${subject}\r\n\r\nhello\r\n`)
  for (let n = 0; n < 4; n++) {
    const client = await SmtpClient.connect(base)
    for (const [from, subject] of [
      ['x@spam.example', `bad ${n}`],
      ['y@good.example', `good ${n}`],
    ])
      expect(
        await client.send({ from: '', to: ['user@example.com'], raw: mail(from, subject) }),
      ).toMatchObject({ code: 250 })
    await client.command('QUIT')
  }
  const delivered = await hop.arrived(4)
  for (const { raw } of delivered)
    expect(raw.toString()).toMatch(/X-Spam-Flag: NO[^]*Subject: good/)

  const imap = new ImapFlow({
    host: '127.0.0.1',
    port: base + 1,
    secure: true,
    auth: { user: 'user@example.com', pass: 'correct horse' },
    tls: { rejectUnauthorized: false },
    logger: false,
  })
  await imap.connect()
  const box = await imap.mailboxOpen('Caught')
  expect(box.exists).toBe(4)
  await imap.messageMove('1', 'Release')
  const released = await hop.arrived(5)
  expect(released[4].raw.toString()).toContain('Subject: bad 0')
  await imap.logout()
  await haraka.stop()
  await hop.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('the package holds what it needs, and nothing of the tests or the local gateway', () => {
  const [{ files }] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--dry-run'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { files: { path: string }[] }[]
  const paths = files.map(({ path }) => path)
  for (const path of [
    'package.json',
    'README.md',
    'LICENSE',
    'imap/package.json',
    'config/lazaret.ini',
    'dist/plugin/index.js',
    'dist/plugin/imap/index.js',
    'dist/plugin/cli/index.js',
    'dist/plugin/filter/kernel.wasm',
  ])
    expect(paths).toContain(path)
  expect(
    paths.filter((path) => /^(dist\/)?(demo|scripts|test|var|node_modules)\//.test(path)),
  ).toEqual([])
})
