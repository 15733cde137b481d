// Start of a command line: tag SP command-name (RFC 9051 §9 "command").
import { isClass, NAME, SP, TAG } from './chars.ts'
import { NAME_MAX, TAG_MAX } from './limits.ts'

/** Tag and upper-case name ("UID FETCH" for UID forms); arguments begin at byte `at` of the line. */
export interface Head {
  readonly tag: string
  readonly name: string
  readonly at: number
}

function run(line: Buffer, from: number, bits: number): number {
  let at = from
  while (at < line.length && isClass(line[at], bits)) at++
  return at
}

/** Tag of a line as far as it can be trusted for an answer, else `*`. */
export function readTag(line: Buffer): string {
  const end = run(line, 0, TAG)
  const whole = end > 0 && end <= TAG_MAX && (end === line.length || line[end] === SP)
  return whole ? line.toString('latin1', 0, end) : '*'
}

/** Head of a line, or the sentence that says what is wrong with it. */
export function readHead(line: Buffer): Head | string {
  if (line.length === 0) return 'Empty line: expected a tag and a command'
  const tag = readTag(line)
  if (tag === '*') return 'Expected a tag at position 0, then a space and a command'
  const word = (from: number) => line.toString('latin1', from, run(line, from, NAME)).toUpperCase()
  const from = tag.length + 1
  let name = word(from)
  let at = from + name.length
  if (name === 'UID' && line[at] === SP) {
    const second = word(at + 1)
    at += 1 + second.length
    name = `UID ${second}`
    if (second === '') return `Expected a command after UID at position ${at}`
  }
  if (name === '' || name.length > NAME_MAX) return `Expected a command at position ${from}`
  if (at < line.length && line[at] !== SP) return `Expected a space at position ${at}`
  return { tag, name, at }
}
