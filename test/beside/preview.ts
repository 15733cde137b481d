// PREVIEW beside Dovecot's: each server has its own way to shorten a message, so what is compared is the text that both
// show, without white space.
import { htmlText } from '../../plugin/mime/html.ts'
import type { Part } from '../../plugin/mime/structure.ts'
import { partText } from '../../plugin/mime/text.ts'
import type { Value } from '../imap/fetch/response.ts'
import { everyPart, explainAnywhere, type Difference } from './compare.ts'
import { HTML_WORDS, NOTHING, OTHER_TEXT, WEB_CHARSET } from './oddities.ts'

export function previewDifference(root: Part, ours: Value, theirs: Value): Difference[] {
  const [a, b] = [ours, theirs].map(textOf)
  if (agree(a, b)) return []
  return [{ what: 'PREVIEW', kind: kindOf(root, a, b), ours: a, theirs: b }]
}

function textOf(value: Value): string {
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString() : ''
}

/** What stands for a character that a charset does not have. */
const UNKNOWN = /[\ufffd\x80-\x9f]/

/** Spaces, also those of no width, and what pads a preview. */
const SPACE = /(?:[\s\p{Cc}\p{Cf}]|\u034f)+/gu

function agree(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => text.replace(SPACE, ''))
  const common = Math.min(x.length, y.length)
  // Both end at some 200 characters, Dovecot with those that we leave out.
  return x.slice(0, common) === y.slice(0, common) && (common > 20 || x.length === y.length)
}

function kindOf(root: Part, ours: string, theirs: string): string | null {
  const odd = explainAnywhere(root, 'preview')
  if (odd !== null) return odd
  const texts = [...everyPart(root)].filter(({ kind }) => kind === 'text' || kind === 'leaf')
  const from = (preview: string) => texts.filter((part) => holds(part, preview))
  const [mine, its] = [from(ours), from(theirs)]
  if (ours === '') return its.some((part) => isHtml(partText(part))) ? HTML_WORDS.name : null
  if (mine.length === 0) return null // nobody wrote that
  if (theirs === '') return NOTHING.name
  if (UNKNOWN.test(theirs) && !UNKNOWN.test(ours)) return WEB_CHARSET.name
  const same = mine.find((part) => its.includes(part))
  if (same !== undefined && isHtml(partText(same))) return HTML_WORDS.name
  return its.length > 0 && new Set([...mine, ...its]).size > 1 ? OTHER_TEXT.name : null
}

/** True when the preview begins with text of the part; of HTML, of which each shows other stretches, with words of it. */
function holds(part: Part, preview: string): boolean {
  const raw = partText(part)
  const start = preview.replace(SPACE, '').slice(0, 40)
  if (raw.replace(SPACE, '').includes(start)) return true
  if (!isHtml(raw)) return false
  const text = `${raw} ${htmlText(raw, Infinity)}`.replace(SPACE, ' ')
  const words = preview.replace(SPACE, ' ').trim().split(' ').slice(0, 8)
  return words.filter((word) => text.includes(word)).length >= Math.ceil(words.length * 0.7)
}

const isHtml = (text: string): boolean => /<[a-z!]/i.test(text)
