// PREVIEW beside Dovecot's: each server has its own way to shorten a message, so what is compared is the text that both
// show, without white space.
import type { Part } from '../../plugin/mime/structure.ts'
import type { Value } from '../imap/fetch/response.ts'
import { explainAnywhere, type Difference } from './compare.ts'

export function previewDifference(root: Part, ours: Value, theirs: Value): Difference[] {
  const [a, b] = [ours, theirs].map(textOf)
  if (agree(a, b)) return []
  return [{ what: 'PREVIEW', kind: explainAnywhere(root, 'preview'), ours: a, theirs: b }]
}

function textOf(value: Value): string {
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString() : ''
}

/** Spaces, also those of no width, and what pads a preview. */
const SPACE = /(?:[\s\p{Cc}\p{Cf}]|\u034f)+/gu

function agree(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => text.replace(SPACE, ''))
  const common = Math.min(x.length, y.length)
  // Both end at some 200 characters, Dovecot with those that we leave out.
  return x.slice(0, common) === y.slice(0, common) && (common > 20 || x.length === y.length)
}
