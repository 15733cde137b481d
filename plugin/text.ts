// What strangers wrote, as it may stand in a log or on a terminal.

/**
 * Control characters (C0, DEL, C1), what turns the direction of text, and whatever else is not seen: `\u202e`, and as
 * two of those what is above U+FFFF. Line ends too: the result is one line.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu

/** One line in which nothing hides, commands a terminal or turns what stands beside it. Other letters stay. */
export function escaped(text: string): string {
  return text.replace(UNSEEN, escape)
}

/** JSON in one line, of which the same is true; it reads back as it was. */
export function safeJson(value: unknown): string {
  return escaped(JSON.stringify(value))
}

const VALUE_MAX = 100

/** One quoted word of printable ASCII, for lines of `key=value`. */
export function logValue(text: string): string {
  const short = text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}...` : text
  return `"${short.replace(/[^\x20-\x7e]|["\\]/g, escape)}"`
}

function escape(char: string): string {
  let out = ''
  for (let i = 0; i < char.length; i++)
    out += `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`
  return out
}

/** The word that was probably meant: the one that takes the fewest changes to `typed`, if that is few of its letters. */
export function nearest(typed: string, words: Iterable<string>): string | null {
  let best: string | null = null
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1
  for (const word of words) {
    const changes = changesBetween(typed.toLowerCase(), word.toLowerCase())
    if (changes < least) [best, least] = [word, changes]
  }
  return best
}

/** Letters added, left out, exchanged, or swapped with the next one (optimal string alignment). */
function changesBetween(a: string, b: string): number {
  let [older, old] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min(old[j] + 1, row[j - 1] + 1, old[j - 1] + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], older[j - 2] + 1)
    }
    ;[older, old] = [old, row]
  }
  return old[b.length]
}
