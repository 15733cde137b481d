// Errors as tagged responses: whose fault it was, with a code for programs and a sentence for people.
import { Refused } from '../../errors.ts'
import { codeOf, type Code } from '../wire/index.ts'

export interface Answer {
  readonly code: Code
  readonly text: string
}

/** Codes of Node and LMDB that say that the machine lacks something, not that we did wrong. */
const RESOURCES = new Set(['ENOSPC', 'EDQUOT', 'ENOMEM', 'EMFILE', 'EIO'])
const MAP_FULL = /MDB_MAP_FULL|MDB_READERS_FULL/

/** The NO for an error that is not Bad; `id` finds a fault of ours in the log. */
export function answerTo(error: unknown, id: string): Answer {
  if (error instanceof Refused) return { code: codeOf(error), text: error.message }
  const { code, message } = error as NodeJS.ErrnoException
  if (RESOURCES.has(code ?? '') || MAP_FULL.test(message ?? ''))
    return {
      code: 'UNAVAILABLE',
      text: `The server lacks space or memory; try again later (log entry ${id}).`,
    }
  return {
    code: 'SERVERBUG',
    text: `Something went wrong on the server; see its log, entry ${id}.`,
  }
}
