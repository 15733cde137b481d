// Compiles the kernel when a source of it is newer than the module, as make would: it takes ten seconds.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
/** @param {string} path */
const time = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
const sources = [
  'asconfig.json',
  ...readdirSync(join(root, 'assembly'), { recursive: true, encoding: 'utf8' }).map(
    (name) => `assembly/${name}`,
  ),
]

if (Math.max(...sources.map(time)) > time('plugin/filter/kernel.wasm')) {
  const asc = ['node_modules/assemblyscript/bin/asc.js', '--target', 'release']
  const { status, stderr } = spawnSync(process.execPath, asc, { cwd: root, encoding: 'utf8' })
  // Its remarks about a good build are for `npx asc --target release`, not for everybody's `npm start`.
  if (status !== 0) {
    process.stderr.write(stderr)
    process.exit(1)
  }
}
