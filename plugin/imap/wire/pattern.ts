// Patterns of LIST (RFC 9051 §6.3.9): `*` matches anything, `%` anything but the delimiter.

/** Hierarchy delimiter of all mailboxes. */
export const DELIMITER = '/'

/** RFC 9051 §5.1: INBOX is the one name without regard to case. */
function matchesInbox(pattern: string): boolean {
  return matches(pattern.toUpperCase(), 'INBOX')
}

/**
 * True if `name` matches `pattern`. Time is at most pattern times name, whatever they are: one row
 * of states is carried over the name, there is no backtracking.
 */
function matches(pattern: string, name: string): boolean {
  // state[i]: the first i characters of the pattern can match the name so far
  let state = new Uint8Array(pattern.length + 1)
  state[0] = 1
  const skipWildcards = (row: Uint8Array) => {
    for (let i = 0; i < pattern.length; i++) {
      if (row[i] && (pattern[i] === '*' || pattern[i] === '%')) row[i + 1] = 1
    }
  }
  skipWildcards(state)
  for (const char of name) {
    const next = new Uint8Array(pattern.length + 1)
    for (let i = 0; i < pattern.length; i++) {
      if (!state[i]) continue
      const wild = pattern[i] === '*' || (pattern[i] === '%' && char !== DELIMITER)
      if (wild) next[i] = 1
      else if (pattern[i] === char) next[i + 1] = 1
    }
    skipWildcards(next)
    state = next
  }
  return state[pattern.length] === 1
}

/** Reference and pattern as one pattern: the reference is a prefix (RFC 9051 §6.3.9). */
export function joinPattern(reference: string, pattern: string): string {
  const joined = pattern.startsWith(DELIMITER) ? pattern : reference + pattern
  // '%' next to '*' adds nothing
  return joined.replace(/[*%]{2,}/g, (run) => (run.includes('*') ? '*' : '%'))
}

/** True if one of the patterns (of `joinPattern`) matches the mailbox name. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) =>
    name === 'INBOX' ? matchesInbox(pattern) : matches(pattern, name),
  )
}

/** Names above `name` in the hierarchy: `a`, `a/b` for `a/b/c`. */
export function parentsOf(name: string): string[] {
  const parts = name.split(DELIMITER)
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join(DELIMITER))
}
