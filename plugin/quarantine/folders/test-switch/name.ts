// How a folder may be called.
import { Refused } from '../../../errors.ts'

const NAME_MAX = 1000
const DEPTH_MAX = 20

export function checkName(name: string): void {
  const parts = name.split('/')
  if (name === '' || parts.some((part) => part === ''))
    throw new Refused('invalid', "A part of the folder's name is empty.")
  if (name.length > NAME_MAX || parts.length > DEPTH_MAX)
    throw new Refused(
      'limit',
      `The name of a folder has at most ${NAME_MAX} characters and ${DEPTH_MAX} parts.`,
    )
  // RFC 9051 §5.1, RFC 5198 §2: what clients cannot ask for and people cannot see
  if (/[\p{Cc}\u2028\u2029]/u.test(name))
    throw new Refused('invalid', 'The name of a folder holds no control characters.')
}
