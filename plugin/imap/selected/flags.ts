// Flags by name and as stored: system flags are bits, keywords an interned set (RFC 9051 §2.3.2).
import { FLAG, type FlagSet } from '../../mail.ts'

/** System flags that can be stored, in the order in which they are written. */
export const SYSTEM_FLAGS: readonly (readonly [name: string, bit: number])[] = [
  ['\\Answered', FLAG.answered],
  ['\\Flagged', FLAG.flagged],
  ['\\Deleted', FLAG.deleted],
  ['\\Seen', FLAG.seen],
  ['\\Draft', FLAG.draft],
]

const BITS = new Map(SYSTEM_FLAGS)

/** Bits that are stored. */
export const STORED = 0x1f
/** \Recent as a bit beside them: of this session, never stored with the message (RFC 3501 §2.3.2). */
export const RECENT = 0x20

/** Names of the system flags in `bits`, then `keywords`. */
export function flagNames(bits: number, keywords: readonly string[]): string[] {
  const names = SYSTEM_FLAGS.filter(([, bit]) => bits & bit).map(([name]) => name)
  if (bits & RECENT) names.push('\\Recent')
  return [...names, ...keywords]
}

/**
 * Flags as a client names them, to be stored. \Recent and unknown system flags are left out: no
 * client can set them (RFC 3501 §2.3.2).
 */
export function flagSet(names: readonly string[]): FlagSet {
  let system = 0
  const keywords: string[] = []
  for (const name of names) {
    if (name.startsWith('\\')) system |= BITS.get(name) ?? 0
    else keywords.push(name)
  }
  return { system, keywords }
}
