// Writes the manual pages into dist/man, from which they are shipped; a part of the build. They are made from the
// texts of the command's help, so that they are never older.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manualOf } from '../plugin/cli/manual.ts'
import { program } from '../plugin/cli/program.ts'
import { treeOf } from '../plugin/cli/tree.ts'
import { VERSION } from '../plugin/version.ts'

/** File names and contents. */
export const manual = (): Map<string, string> => manualOf(treeOf(program(VERSION)), VERSION)

if (require.main === module) {
  const dir = join(__dirname, '..', 'man')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir)
  for (const [name, text] of manual()) writeFileSync(join(dir, name), text)
}
