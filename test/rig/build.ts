// Haraka loads what was built: dist/ is made anew when a source is newer than what came of it.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export const ROOT = resolve(__dirname, '../..')
const WASM = join(ROOT, 'plugin/filter/kernel.wasm')
const WASM_BUILT = join(ROOT, 'dist/plugin/filter/kernel.wasm')

/** One process builds, the others wait for it. */
export async function ensureBuilt(): Promise<void> {
  const lock = join(tmpdir(), `lazaret-build-${ROOT.replaceAll('/', '-')}`)
  while (isStale()) {
    try {
      mkdirSync(lock)
    } catch {
      // Somebody builds; a lock left by a killed run is not waited for.
      if (age(lock) > 120_000) rmSync(lock, { recursive: true, force: true })
      await pause(200)
      continue
    }
    try {
      build()
    } finally {
      rmSync(lock, { recursive: true, force: true })
    }
    if (isStale()) throw new Error('dist/ could not be built: run `npm run build`')
  }
}

function build(): void {
  if (newest(join(ROOT, 'assembly'), '.ts') > modified(WASM))
    node(['node_modules/assemblyscript/bin/asc.js', '--target', 'release'])
  // Files are made whatever the types say: those are checked by `npm run check`.
  node(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noEmitOnError', 'false'])
  copyFileSync(WASM, WASM_BUILT)
  node(['scripts/page.mjs'])
}

function node(args: string[]): void {
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' })
}

function isStale(): boolean {
  const sources = join(ROOT, 'plugin')
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue
    const built = join(ROOT, 'dist/plugin', name.replace(/\.ts$/, '.js'))
    if (modified(join(sources, name)) > modified(built)) return true
  }
  const node = 'test/cluster/nodes/node'
  return (
    modified(join(ROOT, `${node}.ts`)) > modified(join(ROOT, 'dist', `${node}.js`)) ||
    modified(WASM) > modified(WASM_BUILT) ||
    newest(join(ROOT, 'web'), '') > modified(join(ROOT, 'dist/web/page.js'))
  )
}

function newest(dir: string, ending: string): number {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  return Math.max(
    ...names.filter((name) => name.endsWith(ending)).map((name) => modified(join(dir, name))),
  )
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function age(path: string): number {
  const made = modified(path)
  return made === 0 ? 0 : Date.now() - made
}
