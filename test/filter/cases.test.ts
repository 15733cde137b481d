// Small messages that hide a text behind a structure that some client sees through (test/corpus/mime/cases): their
// text is that of the first of their kind, or of the same text without HTML.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Kernel } from '../../plugin/filter/kernel.ts'

const FOLDER = join(__dirname, '../corpus/mime/cases')
const kernel = new Kernel()
const read = (file: string): Buffer => readFileSync(join(FOLDER, file))

function textOf(raw: Buffer): string[] {
  const { traces } = kernel.trace(raw)
  return traces
    .filter(({ view, kind }) => view === 2 && (kind === 'word' || kind === 'pair'))
    .map(({ kind, text }) => `${kind} ${text}`)
    .toSorted()
}

const files = readdirSync(FOLDER).filter((file) => /^(?:part|structure)-/.test(file))
const isTag = (feature: string): boolean => feature.includes('<')

test.each(files)('%s', (file) => {
  const first = files.find((other) => other.startsWith(file.slice(0, 4)))!
  const expected = textOf(read(first))
  const got = textOf(read(file))
  const isHtml = got.some(isTag)
  expect(got).toEqual(isHtml ? expected : expected.filter((feature) => !isTag(feature)))
  expect(got.length).toBeGreaterThan(40)
})

test('there are such messages', () => {
  expect(files.length).toBeGreaterThanOrEqual(43)
})
