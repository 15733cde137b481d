// What a person would read of an HTML body, for PREVIEW. A scan from left to right and no tree: it
// need not be right about broken HTML, but must end soon on any.

// What stands in these is not read. A head without end would hide everything, so it ends at body.
const HIDDEN = new Set(['script', 'style', 'title', 'template', 'noscript', 'svg', 'select'])

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['shy', ''],
  ['zwnj', ''],
  ['zwj', ''],
  ['copy', '©'],
  ['reg', '®'],
  ['trade', '™'],
  ['euro', '€'],
  ['pound', '£'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['bull', '•'],
  ['hellip', '…'],
  ['auml', 'ä'],
  ['ouml', 'ö'],
  ['uuml', 'ü'],
  ['Auml', 'Ä'],
  ['Ouml', 'Ö'],
  ['Uuml', 'Ü'],
  ['szlig', 'ß'],
  ['eacute', 'é'],
  ['egrave', 'è'],
  ['agrave', 'à'],
  ['ccedil', 'ç'],
  ['ntilde', 'ñ'],
])

/** The text of `html` with tags as spaces, until about `enough` characters have come together. */
export function htmlText(html: string, enough: number): string {
  let out = ''
  let at = 0
  const lower = html.toLowerCase()
  while (at < html.length && out.length < enough) {
    const open = html.indexOf('<', at)
    out += html.slice(at, open < 0 ? html.length : open)
    if (open < 0) break
    at = behindTag(html, lower, open)
    if (at === open + 1) out += '<'
    else out += ' '
  }
  return out.replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,8});/gi, entity)
}

function behindTag(html: string, lower: string, open: number): number {
  if (html.startsWith('<!--', open)) return behind(html, '-->', open + 4)
  if (!/[a-z/!?]/i.test(html[open + 1] ?? '')) return open + 1
  const name = /^[a-z0-9]*/.exec(lower.slice(open + 1, open + 12))?.[0] ?? ''
  const close = behind(html, '>', open)
  if (!HIDDEN.has(name)) return close
  return behind(html, '>', behind(lower, `</${name}`, close))
}

function behind(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  return at < 0 ? text.length : at + end.length
}

function entity(whole: string, name: string): string {
  if (!name.startsWith('#')) return ENTITIES.get(name) ?? whole
  const hex = /^#x/i.test(name)
  const code = parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10)
  // Soft hyphens and zero-width characters pad the previews of bulk mail.
  if (code === 0xad || code === 0x34f || (code >= 0x200b && code <= 0x200f)) return ''
  return code >= 32 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : ' '
}
