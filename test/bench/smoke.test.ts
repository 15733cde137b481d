// Whole runs of phases, in quick mode.
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compare } from '../../bench/compare.ts'
import { SCHEMA, type Result } from '../../bench/harness/result.ts'
import { textOf } from '../../bench/harness/text.ts'
import { PHASES } from '../../bench/phases/index.ts'
import { report } from '../../bench/report.ts'
import { run } from '../../bench/run.ts'
import { tempDir } from '../tmp.ts'

test('kernel and store in quick mode leave a whole result, and no files', async () => {
  const disk = tempDir()
  const lines: string[] = []
  const result = await run(
    PHASES.filter(({ name }) => name === 'kernel' || name === 'store'),
    { quick: true, profile: true, disk, tell: (line) => lines.push(line) },
  )
  expect(readdirSync(disk)).toEqual([])
  expect(lines.some((line) => line.startsWith('store: '))).toBe(true)

  const whole = JSON.parse(JSON.stringify(result)) as Result
  expect(whole.schema).toBe(SCHEMA)
  expect(whole.phases.map(({ phase }) => phase)).toEqual(['kernel', 'store'])
  for (const { measures, plots } of whole.phases) {
    expect(plots.length).toBeGreaterThan(0)
    for (const { median, samples } of measures) {
      expect(median).toBeGreaterThan(0)
      expect(samples.length).toBeGreaterThan(0)
    }
  }
  for (const ratio of Object.values(whole.ratios)) expect(ratio).toBeGreaterThan(0)
  const profile = whole.phases[0].profiles[0]
  expect(profile.hot.length).toBeGreaterThan(0)
  expect(profile.hot.length).toBeLessThanOrEqual(10)

  expect(textOf(whole)).toContain('== store ==')
  expect(report([whole])).toContain('Growth with items')
  const { changes } = compare(whole, whole)
  expect(changes.length).toBeGreaterThan(20)
  expect(changes.every(({ verdict }) => verdict === 'same')).toBe(true)
})
