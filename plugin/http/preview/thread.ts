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
  if (ask.want === 'text') return { answer: { text: textOf(mail) } }
  if (ask.want === 'html') return { answer: { text: htmlOf(mail) } }
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
    try {
      return await simpleParser(bytes.subarray(0, size), {
        skipImageLinks: true,
        skipTextLinks: true,
        maxHtmlLengthToParse: HTML_MAX,
      })
    } catch {
      // Less of it.
      size = Math.min(CUT_MAX, size >> 1)
    }
  } while (size >= CUT_MIN)
  throw new Refused('undecodable', 'This message cannot be shown; its source can be looked at.')
}

function textOf({ text: own = '', html }: ParsedMail): string {
  const text =
    own.trim() === '' && typeof html === 'string' ? plainText(html.slice(0, HTML_MAX)) : own
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}\n[...]\n` : text
  return visible(cut)
}

function htmlOf(mail: ParsedMail): string {
  const { html, textAsHtml = '' } = mail
  const source = typeof html === 'string' ? html : textAsHtml
  return safeDocument(source.slice(0, HTML_MAX), picturesOf(mail))
}

const PICTURE = /^image\/(?:png|jpe?g|gif|webp|bmp)$/

function picturesOf({ attachments }: ParsedMail): Map<string, string> {
  const pictures = new Map<string, string>()
  let octets = 0
  for (const { cid, contentType, content } of attachments) {
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
