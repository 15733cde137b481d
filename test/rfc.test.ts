import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { rfcIndex } from '../scripts/rfc.ts'

const ROOT = resolve(__dirname, '..')

test('docs/rfc.md is what the comments say (npm run rfc)', () => {
  expect(readFileSync(join(ROOT, 'docs/rfc.md'), 'utf8')).toBe(rfcIndex(ROOT))
})
