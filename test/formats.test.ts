// Data folders that older versions left, opened by this one: nothing is lost.
//
// test/fixtures has a set of each format there was, made by the code of its time: data.mdb and trimmed.mdb (the
// same with a journal that is cut off), packed, and what that code read of it. Before a format is given up, its set
// is made by the last version that writes it:
//
//   LAZARET_FIXTURE=test/fixtures/format-N npx vitest run test/formats.test.ts -t 'makes a set'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Lazaret } from '../plugin/open.ts'
import { encode } from '../plugin/store/codec.ts'
import { Env } from '../plugin/store/env.ts'
import { FORMAT } from '../plugin/store/format.ts'
import { hasMask } from '../plugin/store/lists.ts'
import { compareViews, replay } from '../plugin/store/replay.ts'
import { Store } from '../plugin/store/store.ts'
import { contents, type Contents } from './fixtures/contents.ts'
import { fill, mail, PASSWORD } from './fixtures/fill.ts'
import { folder, message, rig, ROOT, USER, uidsIn } from './quarantine/rig.ts'
import { run } from './cli/run.ts'
import { HOUR } from '../plugin/time.ts'
import { tempDir } from './tmp.ts'

const FIXTURES = join(__dirname, 'fixtures')
const FORMATS = readdirSync(FIXTURES).filter((name) => name.startsWith('format-'))
const INI = { imap: { test_mailboxes: 'yes' } }

/** A copy of a set. */
function unpacked(format: string, name: 'data.mdb' | 'trimmed.mdb' | 'continued.mdb'): string {
  const dir = tempDir()
  const packed = readFileSync(join(FIXTURES, format, `${name}.br`))
  writeFileSync(join(dir, 'data.mdb'), brotliDecompressSync(packed))
  return dir
}

/** What is in it, in the words of today. */
function written(format: string): Contents {
  const text = readFileSync(join(FIXTURES, format, 'contents.json'), 'utf8')
  const read = JSON.parse(text) as Contents
  const { ham, spam, prior, featureVersion } = read.model
  const folders = read.folders as Record<string, { rows: { item: { due: number } }[] }>
  for (const { rows } of Object.values(folders))
    for (const { item } of rows) item.due = item.due > 1e9 ? Math.round(item.due / HOUR) : item.due
  return {
    ...read,
    model: { ham, spam, prior, featureVersion },
    history: read.history.map(({ seq, at, actor, type }) => ({
      seq,
      at,
      actor,
      type: type === 'mailbox' ? 'folder' : type,
    })),
  }
}

test('an import that was under way in format 3 counts when it is done', async () => {
  const dir = unpacked('format-3', 'data.mdb')
  const env = new Env({ dir })
  const add = ['early.example', 'late.example']
  const record = { scope: 'example.com', list: 'block', add, at: 0 }
  env.writeSync(() => env.tables.drafts.put(1, encode(record)))
  await env.close()
  const { store } = rig(INI, dir)
  const has = (): boolean[] => add.map((mask) => hasMask(store.views, 'example.com', 'block', mask))
  expect(has()).toEqual([false, false])
  await store.write({ actor: 'cli' }, (tx) =>
    tx.append({ type: 'import', drafts: [1], keep: true }),
  )
  expect(has()).toEqual([true, true])
})

describe.each(FORMATS)('data of %s', (format) => {
  test('are all there, and lead on', async () => {
    const dir = unpacked(format, 'data.mdb')
    const expected = written(format)
    const lazaret = rig(INI, dir)
    expect(contents(lazaret, expected)).toEqual(expected)
    expect(expected.model).toMatchObject({ ham: 15, spam: 15 })
    const login = await lazaret.quarantine.logins.login(
      'user@example.com',
      expected.password,
      '192.0.2.1',
    )
    expect(login).toEqual({ ...USER, account: 'user@example.com' })
    await leadOn(lazaret)
  })

  test('have no secrets in their journal any more', async () => {
    const dir = unpacked(format, 'data.mdb')
    const lazaret = rig(INI, dir)
    const kept = JSON.stringify([...lazaret.store.entries(0)])
    expect(kept).toContain('user@example.com')
    expect(kept).not.toMatch(/scrypt\$|SCRAM-SHA-256\$/)
    // Of the blobs, only those of accounts that there are.
    const blobs = [...lazaret.store.views.blobs.range({})].filter(({ value }) =>
      value.includes('scrypt$'),
    )
    expect(blobs).toHaveLength(lazaret.quarantine.as(ROOT).accounts.list().length)
    await lazaret.close()
  })

  test('make the same views as their journal does', async () => {
    const store = new Store({ dir: unpacked(format, 'data.mdb') })
    const copy = new Store({ dir: tempDir() })
    await replay(store, copy)
    expect(compareViews(store.views, copy.views)).toBeNull()
    await store.close()
    await copy.close()
  })

  test('are all there where the journal was trimmed', async () => {
    const dir = unpacked(format, 'trimmed.mdb')
    const expected = written(format)
    const lazaret = rig(INI, dir)
    const { floor } = lazaret.store
    expect(floor).toBeGreaterThan(0)
    expect(contents(lazaret, expected)).toEqual({
      ...expected,
      history: expected.history.filter(({ seq }) => seq > floor),
    })
    await leadOn(lazaret)
  })

  test('are whole when the process is killed while they are brought to this format', async () => {
    const dir = unpacked(format, 'data.mdb')
    // Its old tables are dropped last.
    const script = `const { Env } = require(${built('store/env.js')})
      Env.prototype.dropOld = () => process.kill(process.pid, 'SIGKILL')
      new (require(${built('store/store.js')}).Store)({ dir: ${JSON.stringify(dir)} })`
    const [, signal] = await ended(script)
    expect(signal).toBe(format === `format-${FORMAT}` ? null : 'SIGKILL')
    const expected = written(format)
    expect(contents(rig(INI, dir), expected)).toEqual(expected)
  })

  test('can be opened by several processes at once', async () => {
    const dir = unpacked(format, 'data.mdb')
    const expected = written(format)
    const script = `const { open } = require(${built('open.js')})
      const { readConfig } = require(${built('config.js')})
      const lazaret = open(readConfig({}), ${JSON.stringify(dir)})
      const { seq } = lazaret.quarantine.as({ account: 'root', tier: 'super-admin', scope: '' })
      lazaret.close().then(() => process.exit(seq === ${String(expected.seq)} ? 0 : 7))`
    const all = await Promise.all(Array.from({ length: 4 }, () => ended(script)))
    expect(all.map(([code]) => code)).toEqual([0, 0, 0, 0])
    expect(contents(rig(INI, dir), expected)).toEqual(expected)
  })
})

/** A drop and a report are two lessons more, and the next process has them. */
async function leadOn(lazaret: Lazaret): Promise<void> {
  const { dir } = lazaret.store
  const before = lazaret.quarantine.as(ROOT).model.info()
  const user = lazaret.quarantine.as(USER).messages
  const [uid] = uidsIn(lazaret, 'caught', USER)
  await user.move(folder(lazaret, 'caught'), [uid], folder(lazaret, 'spam'))
  await user.append(folder(lazaret, 'not-spam'), [
    { raw: message('new'), flags: { system: 0, keywords: ['new'] }, date: null },
  ])
  const after = lazaret.quarantine.as(ROOT).model.info()
  expect([after.ham, after.spam]).toEqual([before.ham + 1, before.spam + 1])
  const model = lazaret.quarantine.as(ROOT).model.export()
  await lazaret.close()
  expect(rig(INI, dir).quarantine.as(ROOT).model.export()).toEqual(model)
}

const built = (path: string): string => JSON.stringify(resolve(__dirname, '../dist/plugin', path))

/** How a process ends that runs `script`. */
async function ended(script: string): Promise<[code: number | null, signal: string | null]> {
  const file = join(tempDir(), 'run.cjs')
  writeFileSync(file, script)
  const child = fork(file, [], { execArgv: [] })
  return (await once(child, 'exit')) as [number | null, string | null]
}

const OUT = process.env.LAZARET_FIXTURE
const scored = Array.from({ length: 8 }, (_, i) => ({
  raw: mail(400 + i, i % 2 ? 'spam' : 'ham').toString('latin1'),
  score: null,
}))

test.runIf(OUT)('makes a set of the format of today', async () => {
  const out = resolve(OUT ?? '')
  const dir = tempDir()
  const pack = (name: string): void => {
    const packed = brotliCompressSync(readFileSync(join(dir, 'data.mdb')))
    writeFileSync(join(out, `${name}.br`), packed)
  }
  mkdirSync(out, { recursive: true })
  const lazaret = rig(INI, dir)
  await fill(lazaret)
  const found = contents(lazaret, { password: PASSWORD, scores: scored })
  writeFileSync(join(out, 'contents.json'), `${JSON.stringify(found)}\n`)
  await lazaret.close()
  pack('data.mdb')
  // The same with a journal that was cut off up to the snapshot.
  const again = rig(INI, dir)
  await again.quarantine.system.trimJournal(Date.now() + 4000 * 86_400_000)
  await again.close()
  pack('trimmed.mdb')
})

test('data of format 1 that a version of format 2 has written to are what their journal says', async () => {
  const store = new Store({ dir: unpacked('format-1', 'continued.mdb') })
  const copy = new Store({ dir: tempDir() })
  await replay(store, copy)
  expect(compareViews(store.views, copy.views)).toBeNull()
  expect(store.seq).toBeGreaterThan(written('format-1').seq as number)
  await store.close()
  await copy.close()
})

test('data of a newer format are refused, with what to do', async () => {
  const dir = tempDir()
  const env = new Env({ dir })
  env.writeSync(() => env.head.put('format', encode(FORMAT + 1)))
  await env.close()
  expect(() => rig({}, dir)).toThrow(`format ${FORMAT + 1}`)
  expect(() => rig({}, dir)).toThrow('install the version that was used last')
  const { code, err } = await run(['model', 'info', '--data', dir])
  expect(code).toBe(3)
  expect(err).toContain(`of format ${FORMAT + 1}`)
  expect(err).not.toContain('    at ')
})

test('the command tells what it did with older data', async () => {
  const dir = unpacked('format-1', 'data.mdb')
  const first = await run(['model', 'info', '--data', dir])
  expect(first.err).toContain(`were of format 1 and are of format ${FORMAT} now`)
  const again = await run(['model', 'info', '--data', dir])
  expect([again.err, again.out]).toEqual(['', first.out])
})
