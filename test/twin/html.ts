// HTML to text in the twin.
import { utf8 } from './charset.ts'

const INLINE = new Set(['b', 'i', 'u', 'a', 'em', 'big', 'font', 'span', 'small', 'strong'])
const LINKS = new Set(['href', 'src', 'action', 'background'])
const NAMED: Record<string, string> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"' }

/** Text of at most `limit` bytes; the names of opening tags go to `tag`. */
export function html(source: string, limit: number, tag: (name: string) => void): string {
  let out = ''
  let at = 0
  const put = (text: string): void => {
    out += text.slice(0, limit - out.length)
  }
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    if (match) at = pattern.lastIndex
    return match
  }
  const element = (closing: boolean, name: string, rest: string): void => {
    if (!closing) {
      tag(name)
      if (name === 'style') take(/.*?(?=<\/style|$)/gisy)
      if (name === 'script') take(/.*?(?=<\/script|$)/gisy)
    }
    if (!INLINE.has(name)) put(' ')
    if (closing) return
    const attribute = /([A-Za-z]*)[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)|'([^']*)|([^ \t\r\n]*))/g
    for (const [, key, double, single, bare] of rest.matchAll(attribute))
      if (LINKS.has(key.toLowerCase())) {
        // Nothing behind the equals sign is no value at all.
        const value = double ?? single ?? bare
        if (double === undefined && single === undefined && value === '') continue
        put(' ')
        put(value)
        put(' ')
      }
  }
  while (at < source.length && out.length < limit) {
    let match: RegExpExecArray | null
    if ((match = take(/[^<&]+/gsy))) put(match[0])
    else if ((match = take(/<!--.*?(?:-->|$)/gsy))) continue
    else if ((match = take(/<(\/?)([A-Za-z][A-Za-z0-9]{0,15})([^>]*)(?:>|$)/gsy)))
      element(match[1] !== '', match[2].toLowerCase(), match[3])
    else if (take(/<[!?][^>]*(?:>|$)/gsy)) put(' ')
    else if ((match = take(/&#(?:[xX]([0-9A-Fa-f]{1,8})|([0-9]{1,8}));?/gsy))) {
      const code = match[1] ? parseInt(match[1], 16) : parseInt(match[2], 10)
      const bytes = code === 160 || code > 0x10ffff ? ' ' : utf8(code)
      // A character that does not fit whole leaves spaces.
      put(out.length + bytes.length > limit ? ' '.repeat(bytes.length) : bytes)
    } else if ((match = take(/&(nbsp|amp|lt|gt|quot);?/gisy))) put(NAMED[match[1].toLowerCase()])
    else put(source[at++])
  }
  return out
}
