// `npm start`: a local gateway, or several with one quarantine.
import { errorColors } from '../plugin/cli/output.ts'
import { alone } from './alone.ts'
import { readOptions, UsageError } from './options.ts'
import { several } from './several.ts'
import { stopSignal } from './start.ts'

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (!options) return
  const stop = stopSignal()
  await (options.cluster === 1 ? alone(options, stop) : several(options, stop))
}

main().catch((error: unknown) => {
  const usage = error instanceof UsageError
  const { message, stack } = error as Error
  console.error(errorColors.red(usage ? message : (stack ?? message)))
  process.exitCode = usage ? 2 : 1
})
