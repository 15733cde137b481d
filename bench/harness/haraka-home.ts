// Where Haraka is installed: in the folder it runs in, beside this package, or globally.
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { program } from './program.ts'

/** The folder of the package, or null. `dir`: a folder in which Haraka runs, looked at first. */
export function harakaHome(dir: string | null = null): string | null {
  return (dir && resolved(join(dir, 'package.json'))) ?? resolved(__filename) ?? inPath()
}

function resolved(from: string): string | null {
  try {
    return dirname(createRequire(from).resolve('Haraka/package.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}

/** `npm install -g Haraka` puts a link to bin/haraka into PATH. */
function inPath(): string | null {
  const bin = program('haraka')
  if (!bin) return null
  const home = dirname(dirname(realpathSync(bin)))
  return existsSync(join(home, 'package.json')) ? home : null
}
