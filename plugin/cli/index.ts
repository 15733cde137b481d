#!/usr/bin/env node
import { main } from './main.ts'

// A reader that went away (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

void main(process.argv.slice(2))
