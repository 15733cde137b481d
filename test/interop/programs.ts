// Mail clients as programs: is one installed, and what does it say.
import { spawn, spawnSync } from 'node:child_process'
import { test } from 'vitest'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  options: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Ran> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.on('error', () => {}) // a program that reads nothing
  child.stdin.end(options.input ?? '')
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return {
    code,
    stdout: Buffer.concat(out).toString('latin1'),
    stderr: Buffer.concat(err).toString('latin1'),
  }
}

/** Runs a program that must succeed. */
export async function ran(...args: Parameters<typeof run>): Promise<Ran> {
  const result = await run(...args)
  if (result.code !== 0)
    throw new Error(
      `${args[0]} ${args[1].join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`,
    )
  return result
}

/** `test` where the program is installed; else a visible skip that says what is missing. */
export function testWith(program: string): typeof test | typeof test.skip {
  const found = spawnSync('which', [program]).status === 0
  if (!found) console.warn(`SKIPPED: ${program} is not installed, its interop test does not run`)
  return found ? test : test.skip
}
