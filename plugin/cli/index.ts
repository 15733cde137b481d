#!/usr/bin/env node
import { EXIT, tell } from './errors.ts'
import { clean, errorColors } from './output.ts'
import { safeJson } from '../text.ts'
import { VERSION } from '../version.ts'
import { program } from './program.ts'

async function main(argv: string[]): Promise<void> {
  // A reader that went away (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
  try {
    await program(VERSION).parseAsync(argv)
  } catch (error) {
    const { exit, code, message } = tell(error)
    process.exitCode = exit
    if (exit === EXIT.ok || message === '') return
    if (argv.includes('--json')) process.stdout.write(`${safeJson({ error: { code, message } })}\n`)
    else process.stderr.write(`${errorColors.red('lazaret:')} ${lines(message)}\n`)
    if (exit === EXIT.usage && !argv.includes('--json'))
      process.stderr.write('(--help tells more)\n')
  }
}

const lines = (message: string): string => message.split('\n').map(clean).join('\n')

void main(process.argv)
