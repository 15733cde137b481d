// A call of the command: what it prints, and its exit code.
import { safeJson } from '../text.ts'
import { VERSION } from '../version.ts'
import { EXIT, tell } from './errors.ts'
import { clean, errorColors, print } from './output.ts'
import { program } from './program.ts'

/** Runs the command; `args`: behind its name. Sets the exit code of this process (errors.ts). */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await program(VERSION).parseAsync(args, { from: 'user' })
  } catch (error) {
    const { exit, code, message } = tell(error)
    process.exitCode = exit
    if (exit === EXIT.ok || message === '') return
    if (args.includes('--json')) await print(`${safeJson({ error: { code, message } })}\n`)
    else process.stderr.write(`${errorColors.red('lazaret:')} ${lines(message)}\n`)
    if (exit === EXIT.usage && !args.includes('--json'))
      process.stderr.write('(--help tells more)\n')
  }
}

const lines = (message: string): string => message.split('\n').map(clean).join('\n')
