// A thread that prepares messages for people: mailparser reads them, sanitize-html makes their HTML harmless.
import { type Attachment as Parsed, simpleParser, type ParsedMail } from 'mailparser'
import { Refused } from '../../errors.ts'
import { serve, type Reply } from '../../threads/serve.ts'
import { bytesOf } from '../../threads/source.ts'
import { plainText, safeDocument } from './html.ts'
import type { Answer, Ask, Attachment } from './jobs.ts'
import { visible } from './visible.ts'

/** Characters of a text, and octets of pictures in a document: more is not read by anybody. */
const TEXT_MAX = 1_000_000
const PICTURES_MAX = 8 * 2 ** 20
/** Elements in it make sanitising long: by its length. */
const HTML_MAX = 2_000_000

serve<Ask, Answer>(async (ask) => {
  const bytes = bytesOf(ask.source)
  if (!bytes) return { answer: { damaged: true } }
  const mail = await readable(bytes)
  if (ask.want === 'text') return { answer: { text: await textOf(mail) } }
  if (ask.want === 'html') return { answer: { text: await htmlOf(mail) } }
  if (ask.want === 'parts') return { answer: { parts: mail.attachments.map(shown) } }
  return part(mail.attachments.at(ask.part - 1), ask.part)
})

/** More of a message that could not be read whole is not tried, and less is nothing to read, in octets. */
const CUT_MAX = 2 ** 18
const CUT_MIN = 512

/** The message, or as much of its beginning as can be read: it may have more parts, or longer ones, than mailparser takes. */
async function readable(bytes: Buffer): Promise<ParsedMail> {
  let size = bytes.length
  do {
    const mail = await parsed(bytes.subarray(0, size))
    if (mail) return mail
    size = Math.min(CUT_MAX, size >> 1)
  } while (size >= CUT_MIN)
  throw new Refused('undecodable', 'This message cannot be shown; its source can be looked at.')
}

/** Null where mailparser cannot. HTML becomes text by ours: mailparser's does not show what hides, nor goes deep. */
async function parsed(bytes: Buffer): Promise<ParsedMail | null> {
  try {
    return await simpleParser(bytes, {
      skipImageLinks: true,
      skipTextLinks: true,
      skipHtmlToText: true,
    })
  } catch {
    return null
  }
}

const cut = (html: string): string => html.slice(0, HTML_MAX)

async function textOf(mail: ParsedMail): Promise<string> {
  const texts = [mail, ...(await within(mail))].map(ownText)
  const text = texts.filter((one) => one.trim() !== '').join('\n\n')
  return shownLinks(visible(text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}\n[...]\n` : text))
}

/** Its text; that of its HTML where there is none, or where that has it all and more: parts beside each other. */
function ownText({ text = '', html }: ParsedMail): string {
  if (typeof html !== 'string') return text
  const all = plainText(cut(html))
  return words(all).includes(words(text).slice(0, 200)) ? all : text
}

const words = (text: string): string => text.replace(/\s+/g, '')

async function htmlOf(mail: ParsedMail): Promise<string> {
  const all = [mail, ...(await within(mail))]
  const sources = all.map(({ html, textAsHtml = '' }) =>
    typeof html === 'string' ? html : textAsHtml,
  )
  return safeDocument(cut(sources.join('<hr>')), picturesOf(all))
}

/** Messages that are read in one message, and how deep they lie in each other. */
const WITHIN_MAX = 20
const DEPTH_MAX = 3

/** Messages that came in it (RFC 2046 §5.2.1), each under its own header: what was forwarded, or came back, is to be read as well. */
async function within(mail: ParsedMail, depth = 1): Promise<ParsedMail[]> {
  const found: ParsedMail[] = []
  for (const { contentType, content } of mail.attachments) {
    if (contentType !== 'message/rfc822' || found.length >= WITHIN_MAX) continue
    const inner = await parsed(content)
    if (!inner) continue
    found.push(headed(inner), ...(depth < DEPTH_MAX ? await within(inner, depth + 1) : []))
  }
  return found.slice(0, WITHIN_MAX)
}

function headed(mail: ParsedMail): ParsedMail {
  const head = [
    ['From', mail.from?.text],
    ['Subject', mail.subject],
    ['Date', mail.date?.toUTCString()],
  ].flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
  const { html, textAsHtml = '' } = mail
  return {
    ...mail,
    text: `${['--', ...head].join('\n')}\n\n${ownText(mail)}`,
    html: `<p>${head.map(escaped).join('<br>')}</p>${typeof html === 'string' ? html : textAsHtml}`,
  }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Links in plain text whose host has other letters than Latin ones: as a browser would ask for it. */
function shownLinks(text: string): string {
  return text.replace(/\bhttps?:\/\/([^\s/?#\]>"'@]{1,253}@)?([^\s/?#\]>"')]{1,253})/gi, (link) => {
    if (!/[^\0-\x7f]/.test(link)) return link
    try {
      return `${link} [${new URL(link).host}] `
    } catch {
      return link
    }
  })
}

const PICTURE = /^image\/(?:png|jpe?g|gif|webp|bmp)$/

function picturesOf(mails: readonly ParsedMail[]): Map<string, string> {
  const pictures = new Map<string, string>()
  let octets = 0
  for (const { cid, contentType, content } of mails.flatMap(({ attachments }) => attachments)) {
    if (!cid || !PICTURE.test(contentType) || octets + content.length > PICTURES_MAX) continue
    octets += content.length
    pictures.set(cid, `data:${contentType};base64,${content.toString('base64')}`)
  }
  return pictures
}

/** mailparser leaves it out where it is not so. */
type Found = Omit<Parsed, 'related'> & { related?: boolean }

function shown({ filename, contentType, size, related = false }: Found, index: number): Attachment {
  return {
    part: index + 1,
    name: visible(filename ?? '')
      .replace(/[\n\t/\\]/g, '_')
      .slice(0, 255),
    type: visible(contentType).slice(0, 255),
    size,
    // Absent where it is not.
    inline: related,
  }
}

function part(found: Parsed | undefined, number: number): Reply<Answer> {
  if (!found) return { answer: { missing: true } }
  const bytes = Uint8Array.from(found.content)
  return { answer: { bytes, attachment: shown(found, number - 1) }, transfer: [bytes.buffer] }
}
