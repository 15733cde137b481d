// What the server says in other languages: each such sentence is one that it says, and keeps what stands in it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT as TREE } from '../rig/build.ts'

const MESSAGES = join(TREE, 'web/messages')
const files = readdirSync(MESSAGES).filter((name) => name.endsWith('.server.json'))

/** All that the server's source says, with what it puts into it as `{}`, quotes as they are read. */
function said(): string {
  const all = readdirSync(join(TREE, 'plugin'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(TREE, 'plugin', name), 'utf8'))
  return all.join('\n').replaceAll(/\\(['"`])/g, '$1')
}

describe.each(files)('%s', (name) => {
  const sentences = Object.entries(
    JSON.parse(readFileSync(join(MESSAGES, name), 'utf8')) as Record<string, string>,
  )

  test('each is a sentence of the server', () => {
    const source = said()
    const unknown = sentences.flatMap(([english]) =>
      english.split(/\{\w+\}/).every((fixed) => source.includes(fixed)) ? [] : [english],
    )
    expect(unknown).toEqual([])
  })

  test('names nothing that is not in it', () => {
    const places = (text: string): string[] => text.match(/\{\w+\}/g) ?? []
    const wrong = sentences.flatMap(([english, text]) =>
      places(text).every((one) => places(english).includes(one)) ? [] : [text],
    )
    expect(wrong).toEqual([])
  })
})

test('German has them', () => {
  expect(files).toContain('de.server.json')
})
