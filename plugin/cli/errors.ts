// Errors of the command line itself, and the exit code of every kind.
import { CommanderError } from 'commander'
import { ConfigError } from '../config.ts'
import { Bad, Refused } from '../errors.ts'
import { sentenceOf } from '../whose.ts'

/** `refused`: a refusal, or the answer is no; `usage`: the command line is wrong; `failed`: ours. */
export const EXIT = { ok: 0, refused: 1, usage: 2, failed: 3 } as const
/** The one rule for all commands, in words. */
export const EXIT_TEXTS: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'done, and well'],
  [
    EXIT.refused,
    'refused, or the answer is no: one of several items was refused, a message is spam, something was found to be wrong',
  ],
  [EXIT.usage, 'the command line is wrong; nothing was done'],
  [EXIT.failed, 'a failure of the configuration, the data, the system or this program'],
]
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The command line is wrong. The message says what to write instead. */
export class Usage extends Error {
  override name = 'Usage'
}

export interface Told {
  exit: ExitCode
  code: string
  message: string
}

/** What a person and a script are told about an error. */
export function tell(error: unknown): Told {
  if (error instanceof CommanderError)
    return {
      exit: error.exitCode === 0 ? EXIT.ok : EXIT.usage,
      code: 'USAGE',
      // `lazaret` alone has printed its help already.
      message: error.code === 'commander.help' ? '' : error.message.replace(/^error: /, ''),
    }
  if (error instanceof Usage) return { exit: EXIT.usage, code: 'USAGE', message: error.message }
  if (error instanceof Refused)
    return { exit: EXIT.refused, code: error.kind.toUpperCase(), message: error.message }
  if (error instanceof Bad) return { exit: EXIT.refused, code: 'BAD', message: error.message }
  if (error instanceof ConfigError)
    return { exit: EXIT.failed, code: 'CONFIG', message: error.message }
  const { code, stack } = error as NodeJS.ErrnoException
  const message = sentenceOf(error)
  // An error of the system has a code and a sentence; anything else is a bug and shows where.
  if (typeof code === 'string')
    return { exit: EXIT.failed, code, message: `${message}${HELP[code] ?? ''}` }
  return { exit: EXIT.failed, code: 'INTERNAL', message: stack ?? String(error) }
}

const HELP: Record<string, string> = {
  EACCES: '; run the command as the user that Haraka runs as',
  EPERM: '; run the command as the user that Haraka runs as',
  ENOSPC: '; the disk is full',
}
