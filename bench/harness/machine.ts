// Where a run took place: without this its figures mean nothing.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join, resolve } from 'node:path'
import type { Machine } from './result.ts'

/** The package's folder, from dist/bench/harness. */
export const ROOT = resolve(__dirname, '../../..')

export function machine(dir: string): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    load: loadavg()[0],
    disk: diskOf(dir),
  }
}

/** Packages whose version tells in the figures. */
const PACKAGES = ['Haraka', 'lmdb', 'msgpackr']

export function versions(): Record<string, string> {
  const found: Record<string, string> = {
    lazaret: packageVersion(join(ROOT, 'package.json')) ?? 'unknown',
    node: process.versions.node,
    v8: process.versions.v8,
  }
  for (const name of PACKAGES) {
    const version = packageVersion(join(ROOT, 'node_modules', name, 'package.json'))
    if (version) found[name] = version
  }
  return found
}

/** Commit of the checkout, with `+` when it has changes; empty for an installed package. */
export function commit(): string {
  if (!existsSync(join(ROOT, '.git'))) return ''
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', ROOT, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? '+' : ''}`
  } catch {
    return ''
  }
}

function packageVersion(file: string): string | null {
  if (!existsSync(file)) return null
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** File system by its mount, e.g. `ext4 on /dev/vda`. */
function diskOf(dir: string): string {
  const free = statfsSync(dir)
  const gib = Math.round((free.bavail * free.bsize) / 2 ** 30)
  const mount = mountOf(resolve(dir))
  return `${mount ? `${mount} ` : ''}(${gib} GiB free)`
}

function mountOf(dir: string): string | null {
  if (!existsSync('/proc/self/mounts')) return null
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(
      ([, at]) => at !== undefined && (dir === at || dir.startsWith(at === '/' ? '/' : `${at}/`)),
    )
    .sort((a, b) => b[1].length - a[1].length)
  return mounts.length > 0 ? `${mounts[0][2]} on ${mounts[0][0]}` : null
}
