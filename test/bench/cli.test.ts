// `lazaret bench` and `npm run bench` as people run them: processes of their own. What the first measures: test/demo/package.test.ts.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run, ROOT } from '../cli/run.ts'
import { ensureBuilt } from '../rig/build.ts'
import { tempDir } from '../tmp.ts'
import { rates, result } from './result.ts'

test('a hold rate that is none is refused', async () => {
  const { code, err } = await run(['bench', '--hold-rate', 'much'])
  expect(code).toBe(2)
  expect(err).toContain('from 0 to 100')
})

describe('the front of the harness', () => {
  const bench = (...args: string[]) =>
    spawnSync(process.execPath, [join(ROOT, 'dist/bench/index.js'), ...args], { encoding: 'utf8' })

  test('compare reads results, also behind what npm prints', async () => {
    await ensureBuilt()
    const dir = tempDir()
    const [old, now] = [join(dir, 'old.json'), join(dir, 'new.json')]
    writeFileSync(old, `\n> npm says\n\n${JSON.stringify(result([rates(100)]))}\n`)
    writeFileSync(now, JSON.stringify(result([rates(150)])))
    expect(bench('compare', old, now).stdout).toContain('better by 50%')
    const json = JSON.parse(bench('compare', old, now, '--json').stdout) as { changes: unknown[] }
    expect(json.changes).toHaveLength(1)
  })

  test('report writes one page', () => {
    const dir = tempDir()
    const file = join(dir, 'a.json')
    const out = join(dir, 'report.html')
    writeFileSync(file, JSON.stringify(result([rates(100)])))
    expect(bench('report', file, '--out', out).status).toBe(0)
    expect(readFileSync(out, 'utf8')).toMatch(/^<!doctype html>/)
  })

  test('tells what it cannot do', () => {
    const dir = tempDir()
    const file = join(dir, 'a.txt')
    writeFileSync(file, 'nothing')
    for (const args of [['nonsense'], ['compare', file], ['compare', file, file], ['--nonsense']]) {
      const { status, stderr, stdout } = bench(...args)
      expect(status).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toContain('npm run bench -- PHASE')
    }
    expect(bench().stdout).toContain('gateway')
    expect(existsSync(join(dir, 'report.html'))).toBe(false)
  })
})
