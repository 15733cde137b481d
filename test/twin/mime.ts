// The structure of a message in the twin (docs/structure.md): a latin1 string in, features out.
import { plainBoundary, spellings } from './boundary.ts'
import { BASE64, HTML, IDENTITY, MESSAGE, MULTIPART, PLAIN } from './content.ts'
import { base64Line, looksBase64 } from './decode.ts'
import { Delimiters, type Line } from './delimiters.ts'
import { B, C, type Features } from './features.ts'
import { fnv, lower, tagOf } from './hash.ts'
import { type Header, header } from './header.ts'
import { startsPart } from './lines.ts'
import { type Manner, Texts, codingOf, decode, isMarkup } from './text.ts'

const INPUT_MAX = 1 << 20
const RANGE_MAX = 65536
const DEPTH_MAX = 100
const NOTICE_MAX = 512
const FOOTER_MAX = 1024
const HEADER_MAX = 512
const TAIL_MAX = 24

const AS_TEXT: Manner = { kinds: PLAIN, codings: IDENTITY, charsets: 0 }

/** A multipart that was opened: where the text before its first part starts, and how that is read. */
type Opened = { from: number; manner: Manner }

class Reader {
  readonly #features: Features
  readonly #delimiters = new Delimiters()
  readonly texts: Texts
  /** The bytes at hand were decoded. */
  #isInner = false
  #lastKinds = PLAIN
  #line: Line = { at: 0, after: 0, level: 0, last: false, exact: false, tail: 0 }

  constructor(features: Features) {
    this.#features = features
    this.texts = new Texts(features)
  }

  /** Reads a part from `start` on, or with `opened` the text before the first part of that multipart. */
  walk(text: string, start: number, firstDepth: number, opened?: Opened): void {
    let preamble = opened
    let at = start
    let depth = firstDepth
    let isPart = opened === undefined
    let unsure = false
    if (isPart) this.#line = this.#delimiters.scan(text, at)
    for (;;) {
      const line = this.#line
      if (!isPart) {
        const stretch = text.slice(at, line.at)
        const from = at + /^[ \t\r\n]*/.exec(stretch)![0].length
        if (startsPart(text.slice(0, line.at), from)) {
          at = from
          isPart = unsure = true
        } else if (from < line.at) {
          const rest = text.slice(from, line.at)
          if (preamble) {
            if (!isNotice(stretch, line.last)) this.texts.wait(stretch, preamble.manner)
          } else if (unsure || !isFooter(rest)) this.texts.wait(stretch, AS_TEXT)
        }
      }
      if (isPart) {
        preamble = this.#part(text, at, depth, unsure)
        if (preamble) {
          at = preamble.from
          depth = this.#delimiters.depths[this.#delimiters.innermost] + 1
          isPart = false
          continue
        }
      }
      const next = this.#line
      if (next.at >= text.length) return
      const tail = text.slice(next.tail, next.after)
      if (!next.exact && tail.length > TAIL_MAX) this.texts.wait(tail, AS_TEXT)
      this.#delimiters.closeTo(next.level + 1)
      at = next.after
      depth = this.#delimiters.depths[next.level] + 1
      isPart = !next.last
      preamble = undefined
      unsure = !next.exact || this.#delimiters.isAmbiguous(next.level)
      this.#line = this.#delimiters.scan(text, at)
    }
  }

  /** A message or a part up to the next delimiter line. */
  #part(text: string, at: number, startDepth: number, unsure: boolean): Opened | undefined {
    const stop = this.#line.at
    const piece = text.slice(0, stop)
    let depth = startDepth
    let begin = at
    let head = header(this.#features, piece, at, depth)
    if (depth === 0) this.#features.looks.together()
    const all = piece.slice(at)
    const isBare = head.content.types.length === 0 && head.content.encodings === 0
    if (unsure && isBare && looksBase64(all)) {
      this.texts.read(all, { kinds: this.#lastKinds, codings: BASE64, charsets: 0 })
      return undefined
    }
    const top = head.loose ?? head.body
    if (unsure && (isBare || top - at > HEADER_MAX)) this.texts.wait(piece.slice(at, top), AS_TEXT)
    for (;;) {
      const { content, body, loose } = head
      const { charsets } = content
      let { kinds, codings } = content
      const from = loose ?? body
      if (kinds & MULTIPART) {
        const asText = kinds & HTML ? HTML : PLAIN
        if (this.#open(text, from, head, depth))
          return { from, manner: { kinds: asText, codings: codings | IDENTITY, charsets: 0 } }
        codings = codingOf(codings | IDENTITY, piece.slice(from))
        if (codings !== IDENTITY && this.#inner(piece.slice(from), codings, depth, head))
          return undefined
        kinds = asText | PLAIN
        const next = from + /^[ \t\r\n]*/.exec(piece.slice(from))![0].length
        if (depth < DEPTH_MAX && startsPart(piece, next)) {
          this.texts.wait(piece.slice(from), { kinds, codings: IDENTITY, charsets })
          depth++
          begin = next
          head = header(this.#features, piece, begin, depth)
          continue
        }
      }
      if (kinds & MESSAGE) {
        const whole = piece.slice(body)
        const coding = codingOf(codings, whole)
        const isPlain = coding === IDENTITY || (coding === BASE64 && !looksBase64(whole))
        if (!isPlain && this.#inner(whole, coding, depth)) return undefined
        if (isPlain && depth < DEPTH_MAX && whole !== '') {
          if (loose !== undefined) this.texts.wait(piece.slice(loose, body), AS_TEXT)
          const others = kinds & (HTML | PLAIN)
          if (others !== 0) this.texts.wait(whole, { kinds: others, codings, charsets })
          depth++
          begin = body
          head = header(this.#features, piece, begin, depth)
          continue
        }
        kinds = (kinds & HTML) | PLAIN
      }
      this.#lastKinds = kinds
      const rest = piece.slice(body)
      // A header that ends where the body may start does not have the types behind that.
      const last = content.types.at(-1)
      const isBehind = loose !== undefined && last !== undefined && last.at > loose
      const either = {
        kinds: isBehind ? kinds | PLAIN : kinds,
        codings: codings | IDENTITY,
        charsets,
      }
      if (
        loose !== undefined &&
        (loose === begin || rest === '' || isBegin(piece.slice(loose, body)))
      ) {
        this.texts.read(piece.slice(loose), either)
        const rich = isMarkup(piece.slice(loose, body)) ? HTML : either.kinds
        this.texts.wait(rest, { ...either, kinds: rich })
        return undefined
      }
      this.texts.read(rest, { kinds, codings, charsets })
      if (codings === BASE64 && !looksBase64(rest))
        this.texts.wait(rest, { kinds, codings: IDENTITY, charsets })
      if (loose !== undefined) this.texts.wait(piece.slice(loose, body), either)
      return undefined
    }
  }

  /** Opens the multipart of a header; false, with nothing changed, if no line is its delimiter. */
  #open(text: string, from: number, { content }: Header, depth: number): boolean {
    if (depth >= DEPTH_MAX) return false
    const before = this.#line
    const delimiters = this.#delimiters
    delimiters.open(depth)
    const hasPart = (): boolean => {
      this.#line = delimiters.scan(text, from)
      return this.#line.at < text.length && this.#line.level === delimiters.innermost
    }
    const plain = plainBoundary(content.types)
    if (plain !== undefined) {
      delimiters.offer(plain)
      if (hasPart()) return true
    }
    spellings(content.types, (boundary) => delimiters.offer(boundary))
    if (hasPart()) return true
    const whole = text.slice(0, before.at)
    delimiters.guess(whole, from)
    if (hasPart()) {
      const shown = whole.slice(from)
      this.texts.wait(shown.slice(0, base64Line(shown)), AS_TEXT)
      return true
    }
    delimiters.closeTo(delimiters.innermost)
    this.#line = before
    return false
  }

  /** Reads a message, or with a header its multipart, that is encoded as a whole; false if that cannot be. */
  #inner(encoded: string, coding: number, depth: number, multipart?: Header): boolean {
    if (this.#isInner || depth >= DEPTH_MAX) return false
    const before = this.#line
    const text = decode(encoded, coding, RANGE_MAX)
    const first = this.texts.queue
    const floor = this.#delimiters.enter()
    this.#isInner = true
    this.#line = {
      at: text.length,
      after: text.length,
      level: 0,
      last: false,
      exact: false,
      tail: 0,
    }
    const found = !multipart || this.#open(text, 0, multipart, depth)
    if (found) this.walk(text, 0, depth + 1, multipart && { from: 0, manner: AS_TEXT })
    this.texts.wake(first)
    this.#isInner = false
    this.#delimiters.leave(floor)
    this.#line = before
    return found
  }
}

const isBegin = (text: string): boolean => isMarkup(text) || looksBase64(text)

function isNotice(text: string, isLast: boolean): boolean {
  if (isLast || text.length > NOTICE_MAX || text.includes('<')) return false
  return /mime|multi-?part|html/i.test(text)
}

function isFooter(text: string): boolean {
  if (text.length > FOOTER_MAX || text.length < 3) return false
  return /^(?:---|___)/.test(text) || (/\/mailman\/listinfo\//i.test(text) && !text.includes('<'))
}

/** Gathers the features of a message. */
export function message(features: Features, raw: Uint8Array, signals: readonly string[]): void {
  let source = Buffer.from(raw.subarray(0, INPUT_MAX)).toString('latin1')
  if (source.startsWith('From ')) source = source.replace(/^[^\n]*(?:\n|$)/, '')
  const reader = new Reader(features)
  reader.walk(source, 0, 0)
  reader.texts.wake(0)
  features.words(reader.texts.tags, 9, C)
  const tag = BigInt(tagOf('lazaret-signal', 0))
  for (const signal of signals) {
    const bytes = Buffer.from(signal.replaceAll('\n', ' '), 'utf8').toString('latin1')
    if (bytes !== '') features.structural(tag | (BigInt(fnv(lower(bytes))) << 32n), B)
  }
}
