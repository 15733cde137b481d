import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run, tempDir } from './run.ts'

/** A Haraka folder with this lazaret.ini. */
function haraka(ini = ''): string {
  const dir = tempDir()
  mkdirSync(join(dir, 'config'))
  writeFileSync(join(dir, 'config/plugins'), 'lazaret\nlazaret/imap\n')
  writeFileSync(join(dir, 'config/lazaret.ini'), ini)
  return dir
}

const ADD = ['account', 'add', 'admin', '--password-stdin']
const input = 'correct horse'

describe('where the data are', () => {
  test('--config, HARAKA and the current folder mean the same Haraka', async () => {
    const dir = haraka('[main]\ndata_dir = quarantine\n')
    expect((await run([...ADD, '--config', dir], { input })).code).toBe(0)
    const list = ['account', 'list']
    const lists = [
      await run([...list, '--config', join(dir, 'config')]),
      await run(list, { env: { HARAKA: dir } }),
      await run(list, { cwd: dir }),
      await run([...list, '--data', join(dir, 'quarantine')]),
      await run(['--config', dir, ...list]),
    ]
    for (const { code, out } of lists) {
      expect(code).toBe(0)
      expect(out).toContain('admin')
    }
  })

  test('no Haraka, no data, or a folder that is none: usage errors that say what to give', async () => {
    const nowhere = await run(['account', 'list'], { cwd: tempDir() })
    expect(nowhere).toMatchObject({ code: 2, out: '' })
    expect(nowhere.err).toContain('--config DIR')
    const none = await run(['account', 'list', '--config', tempDir()])
    expect(none.code).toBe(2)
    expect(none.err).toContain('neither a Haraka folder')
    const dir = haraka()
    const empty = await run(['account', 'list', '--config', dir])
    expect(empty.code).toBe(2)
    expect(empty.err).toContain(`there are no data in ${join(dir, 'lazaret')}`)
  })

  test('a wrong value in lazaret.ini: file, key, reason', async () => {
    const dir = haraka('[imap]\ntls_port = many\n')
    const { code, err } = await run(['account', 'list', '--config', dir])
    expect(code).toBe(3)
    expect(err).toContain(
      `${join(dir, 'config/lazaret.ini')}: imap.tls_port: 'many' is not a number`,
    )
  })
})

describe('for scripts', () => {
  test('--json prints one value, for errors too', async () => {
    const { code, out, err } = await run(['account', 'list', '--json', '--config', '/nowhere'])
    expect(code).toBe(2)
    expect(err).toBe('')
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'USAGE' } })
  })

  test('no colours where there is no terminal', async () => {
    const dir = haraka()
    await run([...ADD, '--config', dir], { input })
    const { out } = await run(['account', 'list', '--config', dir])
    expect(out).not.toContain('\u001b')
  })

  test('help has examples, unknown words get a hint', async () => {
    for (const group of ['account', 'settings', 'list']) {
      const { code, out } = await run([group, '--help'])
      expect(code).toBe(0)
      expect(out).toContain('Usage: lazaret')
    }
    expect((await run(['list', 'add', '--help'])).out).toContain('Examples:')
    const typo = await run(['acount'])
    expect(typo.code).toBe(2)
    expect(typo.err).toContain('Did you mean account?')
    expect((await run([])).code).toBe(2)
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
