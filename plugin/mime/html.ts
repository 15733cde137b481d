// What a person would read of an HTML body, for PREVIEW. A scan from left to right and no tree: it
// need not be right about broken HTML, but must end soon on any.

// What stands in these is not read. A head without end would hide everything, so it ends at body.
const HIDDEN = new Set(['script', 'style', 'title', 'template', 'noscript', 'svg', 'select'])

// HTML 4 §24.2: the names of U+00A0 to U+00FF in order.
const LATIN1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
  'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
  'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
  'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
  'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
  'thorn yuml'

const ENTITIES = new Map<string, string>([
  ...LATIN1.split(' ').map((name, i) => [name, String.fromCharCode(0xa0 + i)] as const),
  ['nbsp', ' '],
  ['shy', ''],
  ['zwnj', ''],
  ['zwj', ''],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['euro', '€'],
  ['trade', '™'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['lsquo', '‘'],
  ['rsquo', '’'],
  ['sbquo', '‚'],
  ['ldquo', '“'],
  ['rdquo', '”'],
  ['bdquo', '„'],
  ['bull', '•'],
  ['hellip', '…'],
  ['laquo', '«'],
  ['raquo', '»'],
  ['rarr', '→'],
  ['ensp', ' '],
  ['emsp', ' '],
  ['thinsp', ' '],
])

/** The text of `html` with tags as spaces, white space as one, until about `enough` characters have come together. */
export function htmlText(html: string, enough: number): string {
  let out = ''
  let at = 0
  const lower = html.toLowerCase()
  while (at < html.length && out.length < enough) {
    const open = html.indexOf('<', at)
    out = add(out, html.slice(at, open < 0 ? html.length : open))
    if (open < 0) break
    at = behindTag(html, lower, open)
    out = add(out, at === open + 1 ? '<' : ' ')
  }
  return out.replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,8}[1-4]{0,2});/gi, entity)
}

/** Layout is mostly white space, which must not count. */
function add(out: string, text: string): string {
  const flat = text.replace(/[ \t\r\n]+/g, ' ')
  return out + (flat.startsWith(' ') && (out === '' || out.endsWith(' ')) ? flat.slice(1) : flat)
}

function behindTag(html: string, lower: string, open: number): number {
  if (html.startsWith('<!--', open)) return behind(html, '-->', open + 4)
  if (!/[a-z/!?]/i.test(html[open + 1] ?? '')) return open + 1
  const name = /^[a-z0-9]*/.exec(lower.slice(open + 1, open + 12))?.[0] ?? ''
  const close = behind(html, '>', open)
  if (!HIDDEN.has(name)) return close
  const end = lower.indexOf(`</${name}`, close)
  // One that does not end hides nothing: it would be all that follows.
  return end < 0 ? close : behind(html, '>', end)
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
