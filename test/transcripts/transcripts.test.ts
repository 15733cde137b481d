import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { play } from './transcript.ts'

const FILES = readdirSync(__dirname).filter((name) => name.endsWith('.txt'))

describe('what real clients send (docs/clients.md)', () => {
  test.each(FILES)('%s', async (name) => {
    await play(readFileSync(join(__dirname, name), 'utf8'))
  })
})
