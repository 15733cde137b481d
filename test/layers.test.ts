// Who may import whom: design.md §3 as data, every import checked.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(__dirname, '..')

/** Layer of a file by its path, most special first. */
const LAYERS: [layer: string, path: RegExp][] = [
  ['assembly', /^assembly\//],
  ['nouns', /^plugin\/(mail|errors|address|scope)\.ts$/],
  ['config', /^plugin\/(config|settings|fields)\.ts$/],
  ['mime', /^plugin\/mime\//],
  ['filter', /^plugin\/filter\//],
  ['store', /^plugin\/store\//],
  ['quarantine', /^plugin\/quarantine\//],
  ['wire', /^plugin\/imap\/wire\//],
  ['haraka', /^plugin\/(index\.ts$|haraka\/)|^plugin\/imap\/index\.ts$/],
  ['imap', /^plugin\/imap\//],
  ['front', /^plugin\/front\//],
  ['http', /^plugin\/http\//],
  ['cli', /^plugin\/cli\//],
  ['open', /^plugin\/open\.ts$/],
]

/** What each layer may import, besides itself. */
const MAY: Record<string, string[]> = {
  assembly: [],
  nouns: [],
  config: [],
  mime: ['nouns'],
  filter: ['nouns', 'mime'],
  store: ['nouns'],
  quarantine: ['nouns', 'config', 'mime', 'filter', 'store'],
  wire: ['nouns'],
  imap: ['nouns', 'config', 'mime', 'wire', 'quarantine', 'open'],
  http: ['nouns', 'config', 'quarantine', 'open'],
  cli: ['nouns', 'config', 'quarantine', 'open'],
  open: ['nouns', 'config', 'filter', 'store', 'quarantine'],
  haraka: ['nouns', 'config', 'mime', 'quarantine', 'open', 'imap', 'front'],
  front: ['config', 'open', 'imap'],
}

/** Packages that only these files may import. */
const ONLY: Record<string, RegExp> = {
  lmdb: /^plugin\/store\/env\.ts$/,
  Haraka: /^$/,
}

function sources(dir: string): string[] {
  return readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(dir, name))
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const found = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\n[^'"]*?)?from\s+['"]([^'"]+)['"]/g,
    ),
  ]
  const bare = [...text.matchAll(/(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g)]
  const calls = [...text.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g)]
  return [...found, ...bare, ...calls].map((match) => match[1])
}

const layerOf = (file: string): string | null =>
  LAYERS.find(([, path]) => path.test(file))?.[0] ?? null

const FILES = [...sources('assembly'), ...sources('plugin')]

test('every source file belongs to a layer', () => {
  expect(FILES.length).toBeGreaterThan(50)
  expect(FILES.filter((file) => layerOf(file) === null)).toEqual([])
})

test('arrows run one way', () => {
  const wrong: string[] = []
  let checked = 0
  for (const file of FILES) {
    const layer = layerOf(file) as string
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) continue
      checked++
      let target = relative(ROOT, resolve(ROOT, dirname(file), name))
      if (layer === 'assembly' && !target.endsWith('.ts')) target += '.ts'
      const to = layerOf(target)
      if (to === layer) continue
      if (to === null || !MAY[layer].includes(to))
        wrong.push(`${file} (${layer}) imports ${target} (${String(to)})`)
    }
  }
  expect(checked).toBeGreaterThan(100)
  expect(wrong).toEqual([])
})

test('only store/env.ts knows lmdb, and nothing but the plugins knows Haraka', () => {
  const wrong: string[] = []
  for (const file of FILES)
    for (const name of importsOf(file))
      for (const [pkg, who] of Object.entries(ONLY))
        if ((name === pkg || name.startsWith(`${pkg}/`)) && !who.test(file))
          wrong.push(`${file} imports ${name}`)
  expect(wrong).toEqual([])
})

test('the kernel imports nothing from outside assembly/', () => {
  for (const file of sources('assembly'))
    for (const name of importsOf(file)) expect(name, file).toMatch(/^\.\//)
})
