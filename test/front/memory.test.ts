import { expect, test } from 'vitest'
import { readConfig } from '../../plugin/config.ts'
import { memoryAdvice, memoryBound, memoryLimit, memoryParts } from '../../plugin/front/memory.ts'
import { limits } from '../../plugin/imap/wire/index.ts'

test('the bound of the front is the sum of its limits, and the point at which it is started anew', () => {
  const config = readConfig({})
  const parts = memoryParts(config)
  expect(parts.every(({ octets }) => octets > 0)).toBe(true)
  expect(parts.some(({ octets }) => octets === limits.SESSIONS_MEMORY)).toBe(true)
  expect(memoryBound(config)).toBe(parts.reduce((sum, { octets }) => sum + octets, 0))
  expect(memoryLimit(config)).toBe(memoryBound(config))
  const more = readConfig({ imap: { max_connections: 20_000 } })
  expect(memoryBound(more)).toBeGreaterThan(memoryBound(config) + 1e9)
})

test('less memory than that is told', () => {
  expect(memoryAdvice(readConfig({}))).toBeNull()
  expect(memoryAdvice(readConfig({ front: { memory_mb: 100_000 } }))).toBeNull()
  const config = readConfig({ front: { memory_mb: 256 } })
  expect(memoryLimit(config)).toBe(256 * 2 ** 20)
  expect(memoryAdvice(config)).toMatch(/front\.memory_mb \(256\) is below .* Raise it/)
})

test('a message of the largest size fits into the half that one account may hold, twice', () => {
  expect(2 * limits.APPEND_MAX).toBeLessThan(limits.SESSIONS_MEMORY / 2)
})
