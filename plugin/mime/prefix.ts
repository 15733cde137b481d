// Puts a mark such as ***SPAM*** in front of a Subject: the header rewriting of `action = tag`.

import { type Header, find } from './headers.ts'
import { decodeWords } from './words.ts'

const LINE_SOFT = 76 // RFC 2047 §2: lines with encoded words end here
const WORD_MAX = 900 // RFC 5322 §2.1.1 ends a line at 998; a longer word is written as encoded words
const GAP_MAX = 60
const CHUNK = 42 // bytes of text in one encoded word, which may have 75 characters
const ENCODED = /^=\?[^?\s]{1,80}\?[bq]\?[^?\s]*\?=$/i
const PLAIN = /^[!-~]*$/

/** A word and the space before it. `text` is what it says, where it cannot stand as it is. */
interface Word {
  gap: string
  ascii: string
  text: string | null
}

/**
 * The value for the new Subject field: `prefix`, a space, and the first subject there was; folded with
 * CRLF, without a line end behind it. ASCII whatever came in: encoded words stay as they are, 8-bit
 * text becomes encoded words. Nothing in the subject or the prefix can end the field.
 * Null: the subject starts with the prefix already, or the prefix is empty; nothing is to be done.
 */
export function prefixSubject(header: Header, prefix: string): string | null {
  const mark = prefix.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  const old = (find(header, 'subject') ?? '').replace(/[\0-\x1f\x7f]/g, ' ')
  if (decodeWords(old).trimStart().startsWith(mark)) return null
  return fold(encodeRuns([...split(mark, null), ...split(old, decodeWords)]))
}

/** The value of a Subject field that says `text`, folded with CRLF: ASCII, without a line end behind it. */
export function subjectValue(text: string): string {
  return fold(encodeRuns(split(text.replace(/[\s\p{Cc}]+/gu, ' ').trim(), null)))
}

/** `read` says what a word of the old subject says; a prefix, null, is text and not encoded words. */
function split(value: string, read: ((word: string) => string) | null): Word[] {
  const stands = (word: string) =>
    PLAIN.test(word) && word.length <= WORD_MAX && (read !== null || !word.includes('=?'))
  return Array.from(value.matchAll(/( *)([^ ]+)/g), ([, gap, word]) => ({
    gap: gap === '' || gap.length > GAP_MAX ? ' ' : gap,
    ascii: word,
    text: stands(word) ? null : (read?.(word) ?? word),
  }))
}

/** Writes each run of words that cannot stand as they are as encoded words. */
function encodeRuns(words: readonly Word[]): Word[] {
  const out: Word[] = []
  for (let at = 0; at < words.length;) {
    if (words[at].text === null) {
      out.push(words[at++])
      continue
    }
    const { gap } = words[at]
    let run = ''
    for (; at < words.length && words[at].text !== null; at++) {
      run += (run === '' ? '' : words[at].gap) + words[at].text
    }
    // RFC 2047 §6.2: the space between two encoded words is not shown, so it goes into this one.
    if (out.length > 0 && ENCODED.test(out[out.length - 1].ascii)) run = gap + run
    if (at < words.length && ENCODED.test(words[at].ascii)) run += words[at].gap
    for (const chunk of chunks(run)) {
      const ascii = `=?UTF-8?B?${Buffer.from(chunk).toString('base64')}?=`
      out.push({ gap: ' ', ascii, text: null })
    }
  }
  return out
}

/** Pieces of at most CHUNK bytes that hold whole characters: RFC 2047 §5. */
function* chunks(text: string): Generator<string> {
  let chunk = ''
  let size = 0
  for (const char of text) {
    const bytes = Buffer.byteLength(char)
    if (size + bytes > CHUNK) {
      yield chunk
      chunk = ''
      size = 0
    }
    chunk += char
    size += bytes
  }
  if (chunk !== '') yield chunk
}

function fold(words: readonly Word[]): string {
  let out = ''
  let line = 'Subject:'.length
  for (const { gap, ascii } of words) {
    if (out === '') {
      out = ascii
      line += 1 + ascii.length
    } else if (line + gap.length + ascii.length > LINE_SOFT) {
      out += `\r\n${gap}${ascii}`
      line = gap.length + ascii.length
    } else {
      out += gap + ascii
      line += gap.length + ascii.length
    }
  }
  return out
}
