// What is drawn by lot for people to copy: passwords of mail clients, recovery codes.
import { createHash, randomInt } from 'node:crypto'

/** RFC 4648 §6, in lower case: no letter looks like a digit that is among them. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const GROUP = 4

/** So many groups of four letters, 20 bits each. */
export function drawn(groups: number): string {
  const group = (): string => Array.from({ length: GROUP }, () => LETTERS[randomInt(32)]).join('')
  return Array.from({ length: groups }, group).join('-')
}

/** Its letters, as people copy it: with spaces, in capitals; null: it is nothing of so many groups. */
export function lettersOf(text: string, groups: number): string | null {
  if (text.length > 100) return null
  const letters = text.replaceAll(/[\s-]/g, '').toLowerCase()
  return letters.length === groups * GROUP && /^[a-z2-7]+$/.test(letters) ? letters : null
}

/** SHA-256, hex, of its letters: there is nothing to guess. */
export function hashOf(drawn: string): string {
  return createHash('sha256').update(drawn.replaceAll('-', '')).digest('hex')
}
