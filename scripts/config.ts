// `npm run config`: writes what is generated from the schema: config/lazaret.ini and the tables of
// README.md. test/config.test.ts fails when the files differ from it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONFIG, sampleIni } from '../plugin/config.ts'
import type { Field } from '../plugin/fields.ts'

/** Files of the project that are generated, in whole or in part: path to wanted content. */
export function generated(root: string): Map<string, string> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const { settings, ...rest } = CONFIG
  return new Map([
    ['config/lazaret.ini', sampleIni()],
    [
      'README.md',
      between(between(readme, 'settings', table({ settings })), 'configuration', table(rest)),
    ],
  ])
}

/** A table in the form that prettier leaves alone. */
function table(sections: Record<string, Record<string, Field<unknown>>>): string {
  const many = Object.keys(sections).length > 1
  const rows = [['Key', 'Default', 'Values', 'Meaning']]
  for (const [section, fields] of Object.entries(sections))
    for (const [key, field] of Object.entries(fields)) {
      const value = field.default === '' ? '' : `\`${field.default}\``
      rows.push([`\`${many ? `${section}.` : ''}${key}\``, value, field.values, field.doc])
    }
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const width = rows[0].map((_, at) => Math.max(...cells.map((row) => row[at].length)))
  const line = (row: string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(width[at])).join(' | ')} |`
  const rule = width.map((n) => '-'.repeat(n))
  return [line(cells[0]), line(rule), ...cells.slice(1).map(line)].join('\n')
}

function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: npm run config -->`, `<!-- /${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`README.md has no '${begin}' ... '${end}'`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}

if (require.main === module) {
  const root = join(__dirname, '..', '..')
  for (const [file, text] of generated(root)) writeFileSync(join(root, file), text)
}
