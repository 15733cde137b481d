#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, tell } from './errors.ts'
import { clean, errorColors } from './output.ts'
import { safeJson } from '../text.ts'
import { program } from './program.ts'

async function main(argv: string[]): Promise<void> {
  // A reader that went away (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
  const { version } = JSON.parse(
    readFileSync(join(__dirname, '..', '..', '..', 'package.json'), 'utf8'),
  ) as { version: string }
  try {
    await program(version).parseAsync(argv)
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
