// Numbers on the command line.
import { Usage } from './errors.ts'

/** A whole number from `least` on; `what` names the option or argument. */
export function wholeNumber(what: string, text: string, least = 0): number {
  const n = Number(text)
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(n) || n < least)
    throw new Usage(`${what} ${text}: give a whole number${least > 0 ? ` from ${least} on` : ''}`)
  return n
}
