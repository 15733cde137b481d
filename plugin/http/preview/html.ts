// The HTML of a message as a document of its own: nothing in it runs, loads or leads anywhere. The document is also
// sandboxed and under a Content-Security-Policy (routes/preview.ts): each of the three would do alone.
import sanitize from 'sanitize-html'
import { visible } from './visible.ts'

/** A picture that came with the message, by its Content-ID. */
export type Pictures = ReadonlyMap<string, string>

/** Characters of pictures in one document: each place where one stands has it whole. */
export const PICTURES_SHOWN_MAX = 12 * 2 ** 20

const COLOR = /^(?:#[0-9a-f]{3,8}|[a-z]{3,20}|rgba?\([\d\s.,%]{1,40}\))$/i
const LENGTH =
  /^(?:auto|-?\d{1,4}(?:\.\d{1,3})?(?:px|pt|em|rem|ex|%)?)(?: -?\d{1,4}(?:\.\d{1,3})?(?:px|pt|em|%)?){0,3}$/i
/** Nothing is pulled over something else, or out of the window. */
const SPACE =
  /^(?:auto|\d{1,3}(?:\.\d{1,3})?(?:px|pt|em|rem|ex)?)(?: (?:auto|\d{1,3}(?:\.\d{1,3})?(?:px|pt|em)?)){0,3}$/i
/** Lines do not lie upon each other. */
const LINE =
  /^(?:normal|[1-3](?:\.\d{1,3})?(?:em|rem)?|1\d\d(?:\.\d{1,3})?%|[1-5]\d(?:\.\d{1,3})?p[xt])$/i
const WORD = /^[a-z-]{1,20}$/i

/** Nothing here hides: what a sender does not want seen is shown. */
const STYLES: Record<string, RegExp[]> = {
  color: [COLOR],
  background: [COLOR],
  'background-color': [COLOR],
  'font-family': [/^[\w\s,'"-]{1,200}$/],
  'font-style': [WORD],
  'font-weight': [/^(?:[a-z]{1,10}|[1-9]00)$/],
  'line-height': [LINE],
  'list-style-type': [WORD],
  margin: [SPACE],
  padding: [SPACE],
  'text-align': [WORD],
  'text-decoration': [/^[a-z -]{1,40}$/i],
  'vertical-align': [WORD],
  width: [LENGTH],
  'white-space': [WORD],
}

const TAGS = [
  'a abbr address article aside b bdi blockquote br caption center cite code col colgroup dd del',
  'div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark',
  'nav ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead time tr',
  'tt u ul var wbr',
]

const OPTIONS = {
  allowedTags: TAGS.flatMap((line) => line.split(' ')),
  allowedAttributes: {
    '*': ['align', 'bgcolor', 'colspan', 'dir', 'lang', 'rowspan', 'style', 'valign', 'width'],
    font: ['color', 'face', 'size'],
    img: ['alt', 'height', 'src', 'width'],
    ol: ['start', 'type'],
    span: ['class', 'data-alt', 'data-host'],
  },
  allowedClasses: { span: ['link', 'picture'] },
  allowedStyles: { '*': STYLES },
  allowedSchemes: [],
  allowedSchemesByTag: { img: ['data'] },
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nestingLimit: 100,
  enforceHtmlBoundary: false,
} satisfies sanitize.IOptions

/** @param pictures of the message itself, as data URLs */
export function safeDocument(html: string, pictures: Pictures): string {
  let room = PICTURES_SHOWN_MAX
  const body = sanitize(html, {
    ...OPTIONS,
    textFilter: visible,
    transformTags: {
      // A link says where it leads, and leads nowhere.
      a: (_tag, { href }): sanitize.Tag => ({
        tagName: 'span',
        attribs: { class: 'link', ...(href !== undefined && { 'data-host': hostOf(href) }) },
      }),
      img: (_tag, { src = '', alt = '', width, height }): sanitize.Tag => {
        const data = /^cid:/i.test(src) ? pictures.get(src.slice(4)) : undefined
        if (data === undefined || (room -= data.length) < 0)
          return {
            tagName: 'span',
            attribs: { class: 'picture', 'data-alt': visible(alt).slice(0, 200) || 'picture' },
          }
        return {
          tagName: 'img',
          attribs: { src: data, alt, ...(width && { width }), ...(height && { height }) },
        }
      },
    },
  })
  return `${HEAD}${body}</body></html>\n`
}

/** Where a reader sees a new line. */
const BLOCK = /<(?:br|\/(?:p|div|tr|li|h[1-6]|blockquote|pre|table))\b/gi
const CELL = /<\/t[dh]\b/gi
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }

/** The text alone, for a message that has no other; behind a link where it leads. */
export function plainText(html: string): string {
  const text = sanitize(
    html.replace(BLOCK, (tag) => `\n${tag}`).replace(CELL, (tag) => ` ${tag}`),
    {
      allowedTags: ['a'],
      allowedAttributes: { a: ['data-host'] },
      transformTags: {
        a: (tagName, { href }): sanitize.Tag => ({
          tagName,
          attribs: href === undefined ? {} : { 'data-host': hostOf(href) },
        }),
      },
    },
  )
  const hosts: string[] = []
  return text
    .replace(/<a(?: data-host="([^"]*)")?>|<\/a>/g, (tag, host: string = '') => {
      const told = tag === '</a>' ? (hosts.pop() ?? '') : ''
      if (tag !== '</a>') hosts.push(host)
      return told === '' ? '' : ` [${told}]`
    })
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ENTITIES[name])
    .replace(/[ \t]+/g, ' ')
    .replace(/\n\s*\n\s*/g, '\n\n')
    .trim()
}

/** What a browser would ask, in the form in which nothing looks like something else. */
function hostOf(href: string): string {
  try {
    // RFC 3986 §4.2: without its scheme a link leads to another host all the same.
    const url = new URL(href.replace(/^\s*[/\\]{2}/, 'https://'))
    return visible(url.host === '' ? url.protocol.slice(0, -1) : url.host).slice(0, 300)
  } catch {
    return '?'
  }
}

const HEAD =
  '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">' +
  '<meta name="viewport" content="width=device-width"><title>Message</title><style>' +
  'body{font:15px/1.5 system-ui,sans-serif;margin:12px;color:#111;background:#fff;overflow-wrap:anywhere}' +
  'img{max-width:100%;height:auto}table{max-width:100%}' +
  '.link{text-decoration:underline}.link[data-host]::after{content:" [" attr(data-host) "]";font-size:.85em}' +
  '.picture{border:1px dashed #888;padding:0 4px;color:#555}.picture::after{content:attr(data-alt)}' +
  '</style></head><body>'
