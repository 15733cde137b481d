// What is made of the texts of the help: completion, manual pages; and the one rule of exit codes.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { EXIT_TEXTS } from '../../plugin/cli/errors.ts'
import { completionFor, SHELLS } from '../../plugin/cli/completion.ts'
import { program } from '../../plugin/cli/program.ts'
import { SETTINGS } from '../../plugin/settings.ts'
import { treeOf, type Node } from '../../plugin/cli/tree.ts'
import { manual } from '../../scripts/man.ts'
import { ensureBuilt } from '../rig/build.ts'
import { inside, ROOT, tempDir } from './run.ts'

const tree = treeOf(program('1.2.3'))
const all = (node: Node): Node[] => [node, ...node.commands.flatMap(all)]
const has = (name: string): boolean => spawnSync(name, ['--version']).status === 0

/** What bash offers for a line that ends at the cursor. */
function offered(line: string): string[] {
  const words = line.split(' ')
  const script = [
    completionFor('bash', tree),
    'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lazaret; printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n')
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    encoding: 'utf8',
    cwd: ROOT,
  })
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\n').filter((one) => one !== '')
}

test('each setting stands apart from what it means, in lines that fit', () => {
  const settings = program('1.2.3').commands.find((one) => one.name() === 'settings')
  let help = ''
  settings?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  const lines = help.split('\n')
  for (const key of Object.keys(SETTINGS))
    expect(lines.filter((line) => new RegExp(`^  ${key} {2,}\\S`).test(line)).length, key).toBe(1)
  expect(lines.filter(({ length }) => length > 80)).toEqual([])
})

describe('completion', () => {
  test.skipIf(!has('bash'))('bash: commands, options, and values of options', () => {
    expect(offered('lazaret it')).toEqual(['item'])
    expect(offered('lazaret item re')).toEqual(['release', 'restore'])
    expect(offered('lazaret item list --on')).toEqual(['--only'])
    expect(offered('lazaret item list --only de')).toEqual(['deleted'])
    expect(offered('lazaret --config /srv item list --ord')).toEqual(['--order'])
    expect(offered('lazaret item list --order wanted --sc')).toEqual(['--scope'])
    expect(offered('lazaret completion ')).toContain('--json')
    expect(offered('lazaret score pack').sort()).toEqual(['package-lock.json', 'package.json'])
    expect(offered('lazaret item show pack')).toEqual([])
    expect(offered('lazaret settings set --scope pack')).toEqual([])
    // A scope that is called as a command is none.
    expect(offered('lazaret item list --sc')).toEqual(['--scope'])
  })

  test.each(SHELLS)(
    '%s: every command and every option is in it, and the shell reads it',
    (shell) => {
      const script = completionFor(shell, tree)
      for (const node of all(tree)) {
        for (const { flag } of node.options)
          expect(script, flag).toContain(shell === 'fish' ? `-l ${flag.slice(2)} ` : flag)
        for (const { path } of node.commands) expect(script).toContain(path.join(' '))
      }
      if (!has(shell)) return
      const { status, stderr } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' })
      expect([status, stderr]).toEqual([0, ''])
    },
  )

  test('is what the command prints', async () => {
    const { code, out } = await inside(['completion', 'fish'])
    expect(code).toBe(0)
    expect(out).toContain(
      "complete -c lazaret -n 'test (__lazaret_at) = \\'item\\'' -a release -d ",
    )
    const unknown = await inside(['completion', 'tcsh'])
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('bash, zsh, fish')])
  })
})

describe('manual pages', () => {
  beforeAll(ensureBuilt)

  test('are shipped as the help of this version is', () => {
    const dir = join(ROOT, 'dist/man')
    expect(readdirSync(dir).sort()).toEqual([...manual().keys()].sort())
    for (const [name, text] of manual()) expect(readFileSync(join(dir, name), 'utf8')).toBe(text)
    const { files, directories } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      files: string[]
      directories: { man: string }
    }
    expect(files).toContain('dist/man')
    expect(directories.man).toBe('dist/man')
  })

  test('there is one for each group, with all that its help tells', () => {
    const pages = manual()
    expect([...pages.keys()]).toEqual(
      expect.arrayContaining(['lazaret.1', 'lazaret-item.1', 'lazaret-doctor.1']),
    )
    const item = pages.get('lazaret-item.1') ?? ''
    expect(item).toContain('.SS lazaret item release [options] <ids...>')
    expect(item).toContain('  lazaret item release 1234 \\-\\-for\\-all \\-\\-confirm 17')
    for (const node of all(tree))
      for (const { term } of node.options)
        expect([...pages.values()].join('\n')).toContain(`.B ${term.replaceAll('-', '\\-')}`)
    for (const [code, text] of EXIT_TEXTS)
      expect(pages.get('lazaret.1')).toContain(`.TP\n.B ${code}\n${text.replaceAll('-', '\\-')}`)
  })

  test.skipIf(!has('groff'))('groff has nothing to say against them', () => {
    for (const text of manual().values()) {
      const { status, stderr, stdout } = spawnSync(
        'groff',
        ['-man', '-Tutf8', '-ww', '-wmac', '-P-cbou'],
        { input: text, encoding: 'utf8' },
      )
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout).toContain('SYNOPSIS')
    }
  })
})

describe('exit codes', () => {
  const dir = tempDir()
  mkdirSync(join(dir, 'config'))
  writeFileSync(join(dir, 'config/plugins'), 'lazaret\n')
  const bad = tempDir()
  mkdirSync(join(bad, 'config'))
  writeFileSync(join(bad, 'config/lazaret.ini'), '[imap]\nhost = x\n')
  const torn = tempDir()
  writeFileSync(join(torn, 'data.mdb'), Buffer.alloc(65_536, 7))

  const CASES: [code: number, why: string, args: string[]][] = [
    [0, 'done', ['settings', 'set', 'spam', '0.95', '--config', dir]],
    [0, 'done', ['settings', 'get', '--config', dir]],
    [0, 'help was asked for', ['item', '--help']],
    [0, 'the version was asked for', ['--version']],
    [1, 'refused: no such value', ['settings', 'set', 'spam', '7', '--config', dir]],
    [1, 'refused: not there', ['item', 'show', '7', '--config', dir]],
    [1, 'one of the items was refused', ['item', 'release', '7', '--config', dir]],
    [1, 'no such account', ['item', 'list', '--as', 'a@b.example', '--config', dir]],
    [1, 'something is wrong', ['doctor', '--config', bad]],
    [1, 'something needs a person', ['status', '--config', dir]],
    [2, 'no such command', ['itme', 'list', '--config', dir]],
    [2, 'no such option', ['item', 'list', '--onyl', 'all', '--config', dir]],
    [2, 'no such choice', ['item', 'list', '--only', 'x', '--config', dir]],
    [2, 'an argument is missing', ['item', 'show', '--config', dir]],
    [2, 'an argument too many', ['item', 'show', '1', '2', '--config', dir]],
    [2, 'no number', ['item', 'show', 'x', '--config', dir]],
    [2, 'it has to be confirmed', ['item', 'purge', '--config', dir]],
    [2, 'a file that is not there', ['train', '--spam', join(dir, 'none'), '--config', dir]],
    [2, 'no Haraka there', ['item', 'list', '--config', join(dir, 'none')]],
    [3, 'the configuration', ['item', 'list', '--config', bad]],
    [3, 'the data', ['item', 'list', '--data', torn]],
    [3, 'the system', ['model', 'export', join(dir, 'none/model'), '--config', dir]],
  ]

  test.each(CASES)('%i: %s (%j)', async (code, _why, args) => {
    const plain = await inside(args)
    expect([plain.code, plain.out + plain.err]).toEqual([code, expect.any(String)])
    if (args.includes('--help') || args.includes('--version')) return
    // The same for scripts, with one value on stdout.
    const json = await inside([...args, '--json'])
    expect(json.code).toBe(code)
    expect(() => JSON.parse(json.out) as unknown).not.toThrow()
    if (code >= 2)
      expect(JSON.parse(json.out)).toMatchObject({ error: { message: expect.any(String) } })
  })
})
