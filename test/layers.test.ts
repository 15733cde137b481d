// Who may import whom (docs/architecture.md "Rooms") as data, and every import of the tree checked against it;
// those of types too.
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { circles, importsOf, sources } from '../scripts/imports.ts'
import { ONLY, ROOMS, SHARED } from './rooms.ts'

const ROOT = resolve(__dirname, '..')

const roomOf = (file: string): string | undefined =>
  Object.keys(ROOMS).find((name) => ROOMS[name].files.test(file))

const FILES = sources(ROOT, 'assembly', 'plugin', 'web', 'bench', 'demo', 'scripts', 'test/twin')
const TESTS = sources(ROOT, 'test').filter((file) => !FILES.includes(file))

test('every source file stands in a room, and every room has files', () => {
  expect(FILES.length).toBeGreaterThan(300)
  expect(FILES.filter((file) => roomOf(file) === undefined)).toEqual([])
  const used = new Set([...FILES, ...TESTS].map(roomOf))
  expect(Object.keys(ROOMS).filter((name) => !used.has(name))).toEqual([])
})

test('a file imports its own room and those that its room may', () => {
  const wrong: string[] = []
  let checked = 0
  for (const file of FILES) {
    const room = roomOf(file) ?? ''
    for (const target of importsOf(ROOT, file).files) {
      checked++
      const to = roomOf(target)
      if (to !== room && (to === undefined || !ROOMS[room].may.includes(to)))
        wrong.push(`${file} (${room}) imports ${target} (${String(to)})`)
    }
  }
  expect(checked).toBeGreaterThan(1000)
  expect(wrong).toEqual([])
})

test('every arrow that is allowed is used: the table tells how things are', () => {
  const used = new Set<string>()
  for (const file of FILES)
    for (const target of importsOf(ROOT, file).files)
      used.add(`${String(roomOf(file))} -> ${String(roomOf(target))}`)
  const unused = Object.entries(ROOMS).flatMap(([name, { may }]) =>
    may.map((to) => [name, to]).filter(([from, to]) => !used.has(`${from} -> ${to}`)),
  )
  expect(unused.filter(([, to]) => !SHARED.has(to))).toEqual([])
})

test('arrows between rooms run one way', () => {
  expect(circles(new Map(Object.entries(ROOMS).map(([name, { may }]) => [name, may])))).toEqual([])
})

test('no file imports itself over others', () => {
  const all = [...FILES, ...TESTS]
  expect(circles(new Map(all.map((file) => [file, importsOf(ROOT, file).files])))).toEqual([])
})

test('each package has its place', () => {
  const wrong: string[] = []
  for (const file of FILES)
    for (const name of importsOf(ROOT, file).packages)
      for (const [only, who] of Object.entries(ONLY))
        if ((name === only || name.startsWith(`${only}/`)) && !who.test(file))
          wrong.push(`${file} imports ${name}`)
  expect(wrong).toEqual([])
})

test('of the server the page has the grammar of masks, how what hides is shown, and nothing else', () => {
  const ours = sources(ROOT, 'web').flatMap((file) => importsOf(ROOT, file).files)
  expect([...new Set(ours.filter((file) => !file.startsWith('web/')))].toSorted()).toEqual([
    'plugin/errors.ts',
    'plugin/filter/mask.ts',
    'plugin/http/preview/visible.ts',
  ])
})

test('the kernel imports nothing from outside assembly/', () => {
  for (const file of sources(ROOT, 'assembly')) {
    const { files, packages } = importsOf(ROOT, file)
    expect(packages, file).toEqual([])
    for (const target of files) expect(target, file).toMatch(/^assembly\//)
  }
})
