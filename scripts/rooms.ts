// `npm run rooms [folder]`: how the tree is made up. Of each part its rooms (folders) and arrows (one for
// each pair of rooms of which a file of the first imports a file of the second), then the sizes of files.
import { readFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'
import { circles, importsOf, sources } from './imports.ts'

const PARTS = ['plugin/haraka', 'plugin/quarantine', 'plugin/imap', 'assembly']
const TREE = ['assembly', 'plugin', 'bench', 'demo', 'scripts', 'test']
const LONG = 300

const root = resolve(process.argv[2] ?? '.')
const files = sources(root, ...TREE)
const arrows = new Map(files.map((file) => [file, importsOf(root, file).files]))
const lines = new Map(files.map((file) => [file, lengthOf(file)]))

function lengthOf(file: string): number {
  return readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

const isIn = (part: string) => (file: string) => file.startsWith(`${part}/`)
const print = (line: string): void => void process.stdout.write(`${line}\n`)

for (const part of PARTS) {
  const inside = files.filter(isIn(part))
  const rooms = new Set(inside.map((file) => posix.dirname(file)))
  const between = new Set<string>()
  let imports = 0
  for (const file of inside)
    for (const target of arrows.get(file) ?? []) {
      if (!isIn(part)(target)) continue
      imports++
      const [from, to] = [posix.dirname(file), posix.dirname(target)]
      if (from !== to) between.add(`${from} -> ${to}`)
    }
  print(
    `${part}: ${rooms.size} rooms, ${between.size} arrows between them; ${inside.length} files, ${imports} imports of one by another`,
  )
  for (const room of [...rooms].toSorted()) {
    const to = [...between]
      .filter((arrow) => arrow.startsWith(`${room} -> `))
      .map((arrow) => posix.relative(part, arrow.split(' -> ')[1]) || '.')
    const count = inside.filter((file) => posix.dirname(file) === room).length
    print(`  ${posix.relative(part, room) || '.'} (${count}) -> ${to.toSorted().join(', ') || '-'}`)
  }
}

for (const [name, some] of [
  ['sources', files.filter((file) => !isIn('test')(file))],
  ['tests', files.filter(isIn('test'))],
] as const) {
  const sizes = some.map((file) => lines.get(file) ?? 0)
  print(
    `${name}: ${some.length} files, ${sizes.reduce((a, b) => a + b, 0)} lines, median ${median(sizes)}`,
  )
  for (const file of some) {
    const size = lines.get(file) ?? 0
    if (size > LONG) print(`  over ${LONG}: ${file} ${size}`)
  }
}

const found = circles(arrows)
print(`circles of imports: ${found.length}`)
for (const group of found) print(`  ${group.join(', ')}`)
