// Comments and pages name what there is: every page, every section of a page, every file.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = resolve(__dirname, '..')
const ROOMS = [
  'assembly',
  'bench',
  'config',
  'demo',
  'docs',
  'imap',
  'plugin',
  'scripts',
  'test',
  '.ci',
]

function filesIn(dir: string): string[] {
  return readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((name) => statSync(join(ROOT, name)).isFile())
}

const AT_ROOT = readdirSync(ROOT).filter((name) => statSync(join(ROOT, name)).isFile())
const FILES = [...AT_ROOT, ...ROOMS.flatMap(filesIn)]
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** What people read. The changelog tells of times when files had other names. */
const PAGES = FILES.filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md')
const SOURCES = FILES.filter((file) => /(?<!\.d)\.(ts|mts|mjs|ini)$|^\.ci\/run$/.test(file))

/** The comments of a source, each with the line that it is in. */
function comments(file: string): string {
  const lines = read(file).split('\n')
  return lines
    .filter((line) => /^\s*(\/\/|\/?\*|#|;)/.test(line) || /\s\/\/ /.test(line))
    .map((line) => line.replace(/^.*?(\/\/|\/?\*|#|;)/, ''))
    .join('\n')
}

const COMMENTS = new Map(SOURCES.map((file) => [file, comments(file)]))

/** A file as it may be named: from the root, from its room, or from beside who names it. */
function exists(name: string, from: string): boolean {
  const places = ['', 'plugin', dirname(from), 'docs']
  return places.some((place) => existsSync(join(ROOT, place, name)))
}

/** By its last name, or the end of its path: within a room one says `env.ts` and `commands/move.ts`. */
const isKnownEnd = (name: string): boolean =>
  FILES.some((file) => file === name || file.endsWith(`/${name}`))

function headings(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading)
}

/** A section is a heading, or a paragraph that begins with its name in bold. */
function sections(page: string): string[] {
  const bold = [...read(page).matchAll(/\*\*([^*\n]+?)[.:]?\*\*/g)].map(([, name]) => name)
  return [...headings(page), ...bold]
}

describe('pages', () => {
  test('there are some', () => {
    expect(PAGES).toContain('docs/architecture.md')
    expect(SOURCES.length).toBeGreaterThan(300)
  })

  test('are in the repository, and have the section that is named', () => {
    const wrong: string[] = []
    let found = 0
    const texts = [...COMMENTS, ...PAGES.map((page) => [page, read(page)] as const)]
    for (const [file, text] of texts)
      for (const [, name, section] of text.matchAll(
        /(?<![\w*{])((?:[\w.-]+\/)*[\w-]+\.md)(?!\w)(?:\)?,? "([^"\n]+)")?/g,
      )) {
        found++
        if (!exists(name, file)) wrong.push(`${file}: ${name}`)
        else if (section !== undefined) {
          const page = [name, join('docs', name)].find((one) => existsSync(join(ROOT, one)))
          if (!sections(page ?? name).includes(section)) wrong.push(`${file}: ${name} "${section}"`)
        }
      }
    expect(found).toBeGreaterThan(30)
    expect(wrong).toEqual([])
    // A section sign is for RFCs: pages of ours have names.
    expect(
      texts.filter(([, text]) => /\bdesign\b.{0,4}§/i.test(text)).map(([file]) => file),
    ).toEqual([])
  })

  test('link to what is there', () => {
    const wrong: string[] = []
    for (const page of PAGES)
      for (const [, target] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue
        const [path, anchor] = target.split('#')
        const file = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path))
        if (!existsSync(join(ROOT, file))) wrong.push(`${page}: ${target}`)
        else if (anchor && !headings(file).map(anchorOf).includes(anchor))
          wrong.push(`${page}: ${target}`)
      }
    expect(wrong).toEqual([])
  })
})

/** As forges make it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}

describe('files', () => {
  test('that a page names are there', () => {
    const wrong: string[] = []
    let found = 0
    for (const page of PAGES)
      for (const [, code] of read(page).matchAll(/`([^`\n]+)`/g))
        for (const name of named(code)) {
          found++
          if (!exists(name, page) && !isKnownEnd(name)) wrong.push(`${page}: ${name}`)
        }
    expect(found).toBeGreaterThan(100)
    expect(wrong).toEqual([])
  })

  test('and scripts: what a page or a comment says to run can be run', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const texts = [...COMMENTS, ...PAGES.map((page) => [page, read(page)] as const)]
    const told = texts.flatMap(([file, text]) =>
      [...text.matchAll(/npm run (?:-s )?([\w:-]*\w)/g)].map(([, name]) => ({ file, name })),
    )
    expect(told.length).toBeGreaterThan(10)
    expect(told.filter(({ name }) => !(name in scripts))).toEqual([])
  })

  test('that a comment names are there', () => {
    const wrong: string[] = []
    let found = 0
    for (const [file, text] of COMMENTS)
      for (const name of named(text)) {
        found++
        if (!exists(name, file) && !isKnownEnd(name)) wrong.push(`${file}: ${name}`)
      }
    expect(found).toBeGreaterThan(30)
    expect(wrong).toEqual([])
  })
})

test('a source of more than 300 lines has its reason in docs/notes.md', () => {
  const notes = read('docs/notes.md')
  const long = SOURCES.filter(
    (file) =>
      file.endsWith('.ts') && !file.startsWith('test/') && read(file).split('\n').length > 301,
  )
  expect(long.filter((file) => !notes.includes(`\`${file}\``))).toEqual([])
})

const FILE = /(?<![\w@./*-])(?:[\w.-]+\/)*[\w.-]+\.(?:ts|mts|mjs)\b(?!\w)/g
const IN_ROOM = /(?<![\w@./*-])(?:plugin|assembly|bench|demo|scripts|test|docs|dist)\/[\w/.-]*/g

/** Names of sources in a text; of what is built, the source. KIND.ts, format-N and the like stand for any. */
function named(text: string): string[] {
  return [...text.matchAll(FILE), ...text.matchAll(IN_ROOM)]
    .map(([name]) => name.replace(/[.-]+$/, '').replace(/^dist\/(.*)\.js$/, '$1.ts'))
    .filter((name) => !/[A-Z]{3}|-N\b|^dist\b/.test(name))
}
