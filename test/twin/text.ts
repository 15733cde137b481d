// The text of a stretch of a message in the twin, as far as the budget of the message goes.
import { fromSeven, fromWide, widthOf } from './charset.ts'
import { BASE64, HTML, IDENTITY, OTHER, PLAIN, QUOTED, SEVEN, UUENCODE, WIDE } from './content.ts'
import { base64, base64Line, looksBase64, quoted } from './decode.ts'
import { C, type Features } from './features.ts'
import { html } from './html.ts'
import { findBegin, isReadable, uudecode } from './uuencode.ts'

const TEXT_MAX = 8000
const TAGS_MAX = 8192
const RANGE_MAX = 65536
const SNIFF = 500
const WAITING = 64

/** How a stretch is read: bits of content.ts. */
export interface Manner {
  kinds: number
  codings: number
  charsets: number
}

/** The one encoding of several that a text is in. */
export function codingOf(codings: number, text: string): number {
  if ([IDENTITY, BASE64, QUOTED, UUENCODE].includes(codings)) return codings
  if (codings & BASE64 && looksBase64(text)) return BASE64
  if (codings & QUOTED) return QUOTED
  return codings & UUENCODE ? UUENCODE : IDENTITY
}

export function decode(text: string, coding: number, limit: number): string {
  if (coding === BASE64) return base64(text, limit)
  if (coding === QUOTED) return quoted(text, limit)
  const begin = coding === UUENCODE ? findBegin(text, 0) : text.length
  return begin < text.length ? uudecode(text, begin, limit).file : text.slice(0, limit)
}

/** Whether a transfer encoding changes the text. */
const isEncoded = (text: string, coding: number): boolean =>
  coding === UUENCODE ? findBegin(text, 0) < text.length : coding !== IDENTITY

const isHtml = (text: string): boolean => /<(?:html|body)/i.test(text.slice(0, SNIFF))
export const isMarkup = (text: string): boolean =>
  /<(?:html|body|!doctype html|head|table|div|p>|br|font|center|a |img )/i.test(
    text.slice(0, SNIFF),
  )

export class Texts {
  readonly #features: Features
  #used = 0
  tags = ''
  #waiting: { text: string; manner: Manner }[] = []

  constructor(features: Features) {
    this.#features = features
  }

  /** Stretches that wait at the moment. */
  get queue(): number {
    return this.#waiting.length
  }

  wait(text: string, manner: Manner): void {
    if (text === '') return
    if (this.#waiting.length === WAITING) this.wake(0)
    this.#waiting.push({ text, manner })
  }

  /** Reads what waits, from the number `first` on. */
  wake(first: number): void {
    for (const { text, manner } of this.#waiting.splice(first)) this.read(text, manner)
  }

  read(text: string, { kinds, codings, charsets }: Manner): void {
    if (text === '' || kinds === 0) return
    const coding = codingOf(codings, text)
    const line = (codings & ~coding & BASE64 ? base64Line(text) : undefined) ?? text.length
    this.#part(text.slice(0, line), kinds, coding, charsets)
    if (line < text.length) this.#part(text.slice(line), kinds, BASE64, charsets)
  }

  #part(text: string, kinds: number, coding: number, charsets: number): void {
    if (this.#used >= TEXT_MAX) return
    const rich = (kinds & HTML) !== 0
    const few = kinds === OTHER ? SNIFF : Math.max(TEXT_MAX - this.#used, SNIFF)
    const all = decode(text, coding, RANGE_MAX)
    // What is only looked at for its kind is less.
    const head = rich || charsets !== 0 ? all : all.slice(0, few)
    const width = widthOf(head, (charsets & WIDE) !== 0)
    const seven = width === 0 && ((charsets & SEVEN) !== 0 || /^\+adw-/i.test(head))
    let source = all
    if (seven) source = fromSeven(all, RANGE_MAX)
    else if (width !== 0) source = fromWide(all, width, RANGE_MAX)
    if (kinds === OTHER) {
      if (isMarkup(source)) this.#html(source)
      return
    }
    const found = isHtml(source)
    if (rich || found) this.#html(source)
    if (rich ? found || (kinds & PLAIN) === 0 : found) return
    if (seven || width !== 0) this.#take(source)
    else this.#plain(isEncoded(text, coding) ? head : text)
  }

  #take(text: string): void {
    const taken = text.slice(0, TEXT_MAX - this.#used)
    this.#used += taken.length
    this.#features.words(taken, 0, C)
  }

  #html(source: string): void {
    const text = html(source, TEXT_MAX - this.#used, (name) => {
      if (this.tags.length + name.length + 2 <= TAGS_MAX) this.tags += `\xff${name} `
    })
    this.#used += text.length
    this.#features.words(text, 0, C)
  }

  /** Plain text, and in the place of a uuencoded file that holds text, that. */
  #plain(text: string): void {
    let from = 0
    for (let at = 0; ;) {
      const stop = Math.min(text.length, from + TEXT_MAX - this.#used)
      const begin = findBegin(text.slice(0, stop), at)
      if (begin === stop) return this.#take(text.slice(from))
      if (!isReadable(uudecode(text, begin, SNIFF).file)) {
        at = begin + 1
        continue
      }
      this.#take(text.slice(from, begin))
      const { file, end } = uudecode(text, begin, RANGE_MAX)
      from = at = end
      if (isMarkup(file)) this.#html(file)
      else this.#take(file)
    }
  }
}
