// Drop-in: the packed package in a folder as `haraka -i` makes it, with two lines in config/plugins.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { ImapFlow } from 'imapflow'
import { beforeAll, expect, test } from 'vitest'
import { generated } from '../../bench/harness/generated.ts'
import type { Outcome } from '../../plugin/cli/measured.ts'
import { ensureBuilt, ROOT } from '../rig/build.ts'
import { startHaraka } from '../rig/haraka.ts'
import { startRegistry } from '../rig/registry.ts'
import { NextHop } from '../rig/sink.ts'
import { SmtpClient } from '../rig/smtp.ts'
import { freePorts, tempDir } from './gateway.ts'

const HARAKA = join(ROOT, 'node_modules/Haraka/bin/haraka')
const NAME = 'haraka-plugin-lazaret'

/** As its users install it: `npm install` of the packed file, into a package of theirs. */
async function install(dir: string): Promise<string> {
  const packed = tempDir()
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', packed], {
    cwd: ROOT,
  })
  const [tarball] = readdirSync(packed)
  const registry = await startRegistry()
  try {
    const env = {
      ...process.env,
      npm_config_registry: registry.url,
      npm_config_cache: join(packed, 'cache'),
      npm_config_audit: 'false',
      npm_config_update_notifier: 'false',
    }
    await promisify(execFile)('npm', ['install', join(packed, tarball)], { cwd: dir, env })
  } finally {
    await registry.close()
  }
  // Binaries for other systems, and what only several machines need, are all that may be missing.
  expect(
    [...registry.missing].filter(
      (name) => !/^@(?:lmdb|msgpackr-extract)\/|^pg(?:-native)?$/.test(name),
    ),
  ).toEqual([])
  // A single machine needs no database.
  expect(existsSync(join(dir, 'node_modules/pg'))).toBe(false)
  return join(dir, 'node_modules', NAME)
}

/** A folder of Haraka's into which the package is installed, and a copy of its configuration as it was. */
let dir: string
let home: string
let fresh: string
beforeAll(async () => {
  await ensureBuilt()
  const at = tempDir()
  dir = join(at, 'mx')
  fresh = join(at, 'config')
  execFileSync(process.execPath, [HARAKA, '-i', dir], { stdio: 'ignore' })
  home = await install(dir)
  cpSync(join(dir, 'config'), fresh, { recursive: true })
}, 300_000)

test.each([0, 2])(
  'npm pack, haraka -i, two lines in config/plugins, nodes=%i',
  async (nodes) => {
    const config = join(dir, 'config')
    for (const name of ['config', 'queue', 'lazaret'])
      rmSync(join(dir, name), { recursive: true, force: true })
    cpSync(fresh, config, { recursive: true })
    mkdirSync(join(dir, 'queue'))
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
      `[settings]\nrelease_delay = 0\n[imap]\nhost = 127.0.0.1\ntls_port = ${base + 1}\nstarttls_port = ${base + 2}\n`,
    )
    const lazaret = (args: string[], input = ''): string => {
      const bin = join(home, 'dist/plugin/cli/index.js')
      const options = { cwd: dir, input, encoding: 'utf8' } as const
      const { status, stderr, stdout } = spawnSync(process.execPath, [bin, ...args], options)
      if (status !== 0) throw new Error(stderr)
      return stdout
    }
    // Before Haraka ran for the first time, and while it runs.
    lazaret(['account', 'add', 'user@example.com', '--password-stdin'], 'correct horse')
    const haraka = await startHaraka({ dir, port: base, keep: true, nodes })
    lazaret(['list', 'add', '*@spam.example', '--block'])
    if (nodes === 0) {
      // All of the bench that the command needs came with the package; it measures a Haraka of its own, and advises.
      const [data, corpus] = [tempDir(), tempDir()]
      generated(40).forEach(({ raw }, i) => writeFileSync(join(corpus, `${i}.eml`), raw))
      const where = ['--data', join(data, 'data'), '--corpus', corpus]
      const said = lazaret(['--json', 'bench', '--quick', ...where, '--hold-rate', '20'])
      const { figures, advice, corpus: mail, skipped } = JSON.parse(said) as Outcome
      expect(figures.scoring).toBeGreaterThan(0)
      expect(figures.imap.kibPerConnection).toBeGreaterThan(0)
      expect(mail).toContain('40 messages')
      expect(skipped).toEqual([])
      expect(figures.gateway?.alone).toBeGreaterThan(0)
      expect(figures.gateway?.one.map(({ held }) => held)).toEqual([0, 0.5])
      expect(advice.map(({ topic }) => topic)).toContain('workers')
      expect(advice[0].because).toContain('Haraka alone')
      // Nothing is left, and the data folder was not made.
      expect(readdirSync(data)).toEqual([])
    }

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
  },
  300_000,
)

interface Manifest {
  engines: { node: string }
  homepage: string
  repository: { url: string }
  bugs: { url: string }
  dependencies: Record<string, string>
  overrides: Record<string, string>
  allowScripts: Record<string, boolean>
}

const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest

/** What `npm pack` puts into the package. */
function packedFiles(): string[] {
  const [{ files }] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--dry-run'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { files: { path: string }[] }[]
  return files.map(({ path }) => path)
}

test('the package holds what it needs, and nothing of the tests or the local gateway', async () => {
  await ensureBuilt()
  const paths = packedFiles()
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
  // A map is of no use without its source.
  expect(paths.filter((path) => path.endsWith('.map'))).toEqual([])
})

/** All files that a source leads to: what it imports, and the scripts that it starts. `types`: also what is imported as a type alone. */
function reached(file: string, types: boolean, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(file, 'utf8')
  const imports = [...text.matchAll(/^(?:import|export)( type)? [^']*from '(\.[^']+\.ts)'/gm)]
  const started = [...text.matchAll(/join\(__dirname, '([^']+)\.js'\)/g)]
  for (const [, type, name] of imports)
    if (types || !type) reached(join(dirname(file), name), types, found)
  for (const [, name] of started) reached(join(dirname(file), `${name}.ts`), types, found)
  return found
}

test('of the bench, the package has what `lazaret bench` runs, and no more', async () => {
  await ensureBuilt()
  const bench = (types: boolean): string[] =>
    [...reached(join(ROOT, 'plugin/cli/commands/bench.ts'), types)]
      .map((file) => relative(ROOT, file))
      .filter((file) => file.startsWith('bench/'))
  const runs = bench(false)
  expect(runs).toContain('bench/admin/index.ts')
  expect(runs).toContain('bench/phases/imap/server.ts')
  const packed = packedFiles()
    .filter((path) => path.startsWith('dist/bench/'))
    .map((path) => path.replace(/^dist\/(.*)\.js$/, '$1.ts'))
    // What an earlier source left in dist/ goes when the package is made (prepack).
    .filter((file) => existsSync(join(ROOT, file)))
  expect(runs.filter((file) => !packed.includes(file))).toEqual([])
  expect(packed.filter((file) => !bench(true).includes(file))).toEqual([])
})

test('what runs asks for no override: those of package.json are for what only tests need', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  for (const name of Object.keys(MANIFEST.overrides)) {
    const entries = Object.entries(packages).filter(([path]) => path.endsWith(`/${name}`))
    expect(entries.length, name).toBeGreaterThan(0)
    expect(entries.filter(([, { dev }]) => !dev)).toEqual([])
  }
})

test('what runs is what is imported', () => {
  const imported = new Set<string>()
  for (const file of readdirSync(join(ROOT, 'plugin'), { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.ts') && !file.endsWith('.d.ts'))
      for (const [, name] of readFileSync(join(ROOT, 'plugin', file), 'utf8').matchAll(
        /\b(?:from|import\(|require\(|resolve\()\s*'((?:@[\w-]+\/)?[\w-]+)[^']*'/g,
      ))
        imported.add(name)
  expect(Object.keys(MANIFEST.dependencies).filter((name) => !imported.has(name))).toEqual([])
})

test('package.json says where to find us, and which scripts of packages may run', () => {
  const { homepage, repository, bugs, engines, allowScripts } = MANIFEST
  const address = repository.url.replace(/^git\+|\.git$/g, '')
  expect(address).toMatch(/^https:\/\/[^/]+\/[^/]+\/haraka-plugin-lazaret$/)
  expect([homepage, bugs.url]).toEqual([`${address}#readme`, `${address}/issues`])
  expect(engines.node).toBe('>=20.19')
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>
  }
  const scripts = Object.keys(packages).filter((path) => packages[path].hasInstallScript)
  // A package for another system is not installed here.
  const here = scripts.filter((path) => existsSync(join(ROOT, path)))
  const name = (path: string): string => path.replace(/^.*node_modules\//, '')
  expect(here.map(name).filter((one) => !(one in allowScripts))).toEqual([])
})
