// The first words of a message: RFC 8970.

import { decodeEncodedMessage } from './decode.ts'
import { htmlText } from './html.ts'
import { type Part, parseStructure } from './structure.ts'
import { isAttachment, isMessageLeaf, partStart } from './text.ts'

/** RFC 8970 §3.2: a preview has at most this many characters. */
export const PREVIEW_MAX = 200

/** Of a body that is only looked at for a preview, this many bytes at most. */
const PREVIEW_BYTES = 16_384

/**
 * The first words of the message in one line of at most 200 characters; '' when it has no text. The first part that
 * says something, of alternatives plain text before HTML; other types of text only where there is neither; quoted
 * lines only when there is nothing else. The root is shown even if it calls itself an attachment.
 */
export function preview(root: Part): string {
  return previewOf(root, true)
}

/** `decode`: as for SEARCH, an enclosed message that is encoded is decoded once. */
function previewOf(root: Part, decode: boolean): string {
  const line = shown(root, root, isUsual) || shown(root, root, isAny)
  if (line !== '') return line
  // Nothing but a message in the message: what that says.
  const message = firstMessage(root)
  if (message === null) return ''
  const encoded = decode ? decodeEncodedMessage(message) : null
  return encoded === null
    ? previewOf(message.children[0], decode)
    : previewOf(parseStructure(encoded), false)
}

function firstMessage(part: Part): Part | null {
  if (part.kind === 'message') return part
  for (const child of part.kind === 'multipart' ? part.children : []) {
    const found = firstMessage(child)
    if (found !== null) return found
  }
  return null
}

type Wanted = (part: Part) => boolean

const isUsual: Wanted = ({ kind, subtype }) => kind === 'text' && /^(?:plain|html)$/i.test(subtype)
const isAny: Wanted = (part) => part.kind === 'text' || isMessageLeaf(part)
const isPlain: Wanted = ({ kind, subtype }) => kind === 'text' && /^plain$/i.test(subtype)

function shown(part: Part, root: Part, wanted: Wanted): string {
  if (part.kind !== 'multipart') {
    if (!wanted(part) || (part !== root && isAttachment(part))) return ''
    const text = partStart(part, PREVIEW_BYTES)
    return isMarkup(part, text)
      ? oneLine(htmlText(text, 4 * PREVIEW_MAX))
      : oneLine(withoutQuotes(text))
  }
  for (const child of inOrder(part)) {
    const line = shown(child, root, wanted)
    if (line !== '') return line
  }
  return ''
}

/** By its type, or where nothing is said of one by its first characters. */
function isMarkup({ subtype, content }: Part, text: string): boolean {
  if (content.contentType === null) return /<(?:html|body)[\s>]/i.test(text.slice(0, 500))
  return /html|enriched|richtext/i.test(subtype)
}

/** RFC 2046 §5.1.4: alternatives say the same. The plain one says it without markup. */
function inOrder({ subtype, children }: Part): readonly Part[] {
  if (subtype.toLowerCase() !== 'alternative' || children.length < 2) return children
  return [...children.filter(isPlain), ...children.filter((child) => !isPlain(child))]
}

function withoutQuotes(text: string): string {
  const own = text.replace(/(^|\n)>[^\n]*/g, '$1')
  return own.trim() === '' ? text : own
}

function oneLine(text: string): string {
  // Much of it may be line ends and padding: five times what is shown is looked at.
  const line = text
    .trimStart()
    .slice(0, 5 * PREVIEW_MAX)
    .replace(/(?:[\s\p{Cc}\p{Cf}]|\u034f)+/gu, ' ') // \p{Cf}: soft hyphens and zero widths
    .trim()
  if (line.length <= PREVIEW_MAX) return line
  return Array.from(line).slice(0, PREVIEW_MAX).join('').trimEnd()
}
