// `lazaret bench` and `npm run bench` as people run them: processes of their own.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { generated } from '../../bench/harness/generated.ts'
import type { Outcome } from '../../plugin/cli/measured.ts'
import { run, ROOT } from '../cli/run.ts'
import { ensureBuilt } from '../rig/build.ts'
import { tempDir } from '../tmp.ts'
import { rates, result } from './result.ts'

test('lazaret bench --quick measures a Haraka of its own and advises', async () => {
  await ensureBuilt()
  const [data, corpus] = [tempDir(), tempDir()]
  generated(40).forEach(({ raw }, i) => writeFileSync(join(corpus, `${i}.eml`), raw))
  const at = join(data, 'data')
  const args = ['--json', 'bench', '--quick', '--data', at, '--corpus', corpus, '--hold-rate', '20']
  const { code, out, err } = await run(args)
  expect(err).toBe('')
  expect(code).toBe(0)
  const { figures, advice, corpus: mail, skipped } = JSON.parse(out) as Outcome
  expect(mail).toContain('40 messages')
  expect(skipped).toEqual([])
  expect(figures.gateway?.alone).toBeGreaterThan(0)
  expect(figures.gateway?.one.map(({ held }) => held)).toEqual([0, 0.5])
  expect(advice.map(({ topic }) => topic)).toContain('workers')
  expect(advice[0].because).toContain('Haraka alone')
  // Nothing is left, and the data folder was not made.
  expect(readdirSync(data)).toEqual([])
}, 300_000)

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
