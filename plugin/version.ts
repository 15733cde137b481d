// Which version this is: of the package, of which this file is a source or a build (dist/plugin).
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const NAME = 'haraka-plugin-lazaret'

/** Of the package, as in its package.json. */
export const VERSION: string = versionIn(['..', '../..'].map((up) => join(__dirname, up)))

function versionIn(folders: readonly string[]): string {
  for (const folder of folders) {
    const path = join(folder, 'package.json')
    if (!existsSync(path)) continue
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
    if (name === NAME) return version
  }
  throw new Error(`package.json of ${NAME} is missing in ${folders.join(', ')}: install it anew`)
}
