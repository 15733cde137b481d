// The hottest functions of CPU profiles.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../bench/harness/machine.ts'
import { hottest, profiled, readProfiles, type CpuProfile } from '../../bench/harness/profile.ts'
import { tempDir } from '../tmp.ts'

const node = (
  functionName: string,
  hitCount: number,
  url = '/x.js',
): CpuProfile['nodes'][number] => ({
  id: 1,
  callFrame: { functionName, url, lineNumber: 4 },
  hitCount,
})

test('own time is summed over nodes and profiles; idle time does not count', () => {
  const a = { nodes: [node('f', 30), node('g', 10), node('(idle)', 900, ''), node('f', 20)] }
  const b = { nodes: [node('g', 30), node('', 10, `file://${ROOT}/dist/a.js`), node('h', 0)] }
  expect(hottest([a, b])).toEqual([
    { function: 'f', at: '/x.js:5', share: 0.5 },
    { function: 'g', at: '/x.js:5', share: 0.4 },
    { function: '(anonymous)', at: 'dist/a.js:5', share: 0.1 },
  ])
  expect(hottest([a, b], 1)).toHaveLength(1)
})

test('profiles are read from the folder that processes left them in', () => {
  const dir = tempDir()
  const profile = { nodes: [node('f', 1)] }
  writeFileSync(join(dir, 'CPU.1.cpuprofile'), JSON.stringify(profile))
  writeFileSync(join(dir, 'other.txt'), 'not a profile')
  expect(readProfiles(dir)).toEqual([profile])
})

test('the work of this process can be profiled', async () => {
  function burnCycles(): number {
    let x = 1
    for (let i = 0; i < 3e7; i++) x = (x * 16807) % 2147483647
    return x
  }
  const { value, hot } = await profiled(async () => await Promise.resolve(burnCycles()))
  expect(value).toBe(burnCycles())
  expect(hot.map((one) => one.function)).toContain('burnCycles')
})
