// Builds dist/ where a source is newer than what came of it: `npm run bench` shall not cost a build each
// time. Plain JavaScript, since it runs before there is a build.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
/** @param {string} path */
const at = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** @param {string} folder */
const sources = (folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))

const stale = [
  ...['plugin', 'bench'].flatMap((folder) =>
    sources(folder).map((file) => [file, join('dist', file.replace(/\.ts$/, '.js'))]),
  ),
  ...sources('assembly').map((file) => [file, 'dist/plugin/filter/kernel.wasm']),
].some(([from, to]) => at(from) > at(to))

if (stale) {
  process.stderr.write('building\n')
  const { status } = spawnSync('npm', ['run', 'build', '--silent'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  process.exitCode = status ?? 1
}
