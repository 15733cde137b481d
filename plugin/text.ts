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
