// The MIME tree of a message, RFC 2045-2046, with the byte range of every part. One pass from the
// first byte to the last, whatever the nesting; never throws. Where the RFCs are silent about broken
// mail (missing boundaries, boundaries inside headers, truncation) the tree is that of Dovecot. It has bounds (bounds.ts):
// whoever reads the message finds the same parts, so BODYSTRUCTURE and BODY[n] speak of one tree.

import { boundContent, DEPTH_MAX, octetsOf, PARTS_MAX, STRUCTURE_MAX } from './bounds.ts'
import { Boundaries, type Match } from './boundaries.ts'
import { type Content, emptyContent, parseContent } from './content.ts'
import { envelopeOctets } from './envelope-fields.ts'
import { Header, parseHeader } from './headers.ts'
import { countLines } from './lines.ts'
import { boundaryOf } from './params.ts'
import { shownHeader } from './separator.ts'
import { CR, LF } from './octets.ts'

/** `leaf` is any type but text, multipart and message/rfc822. */
export type Kind = 'text' | 'leaf' | 'multipart' | 'message'

/** One part; the message itself is the root. All numbers are offsets into the raw message. */
export interface Part {
  readonly raw: Buffer
  readonly kind: Kind
  readonly header: Header
  /** End of the header with its empty line. */
  readonly headerEnd: number
  readonly bodyStart: number
  readonly bodyEnd: number
  /** Lines of the body: of text and message parts, else 0. */
  readonly lines: number
  /** As written; 'text' and 'plain' when the message does not say. */
  readonly type: string
  readonly subtype: string
  readonly content: Content
  /** The parts of a multipart, one at least; the one message in a message part, itself a part with a header. */
  readonly children: readonly Part[]
}

type Mutable = { -readonly [K in keyof Part]: Part[K] } & {
  children: Part[]
  lineBase: number
  /** Of a multipart: where the text before its first closing delimiter ends, and the text behind it starts. */
  closing: { before: number; behind: number } | null
}

const DASHES = Buffer.from('\n--')

const OPAQUE = { kind: 'leaf', type: 'application', subtype: 'octet-stream' } as const

function newPart(raw: Buffer, header: Header, headerEnd = header.end) {
  return {
    raw,
    header,
    headerEnd,
    bodyStart: headerEnd,
    bodyEnd: headerEnd,
    lines: 0,
    children: [],
    lineBase: 0,
    closing: null,
  }
}

/** `ahead`: where the empty line behind its header is, if somebody looked (headers.ts, `emptyLineSteps`). */
export function parseStructure(raw: Buffer, ahead?: number): Part {
  return new Parser(raw, ahead).parse()
}

class Parser {
  readonly #raw: Buffer
  readonly #ahead: number | undefined
  readonly #boundaries = new Boundaries()
  /** Open parts from the root inwards, and which of them own the open boundaries. */
  readonly #stack: Mutable[] = []
  readonly #owners: number[] = []
  #parts = 0
  /** Octets that the parts say of themselves. */
  #said = 0
  #messages = 0
  #countedTo = 0
  #lines = 0
  #match: Match | null = null
  /** Where the line of #match starts. */
  #line = 0

  constructor(raw: Buffer, ahead?: number) {
    this.#raw = raw
    this.#ahead = ahead
  }

  parse(): Part {
    const root = this.#begin(0)
    let part = root
    for (;;) {
      if (part.kind === 'message') {
        if (this.#match === null) {
          part = this.#begin(part.bodyStart)
          continue
        }
        // Cut short inside its header, it still holds a message: one of no bytes.
        const end = part.headerEnd
        this.#push(new Header(this.#raw, end, end, end, []), end)
      }
      let at = part.bodyStart
      if (this.#match === null) this.#nextBoundary(at)
      let next: number | null = null
      while (this.#match !== null) {
        const { depth, closing }: Match = this.#match
        this.#match = null
        const before = Math.max(at, this.#beforeNewline(this.#line))
        this.#close(this.#owners[depth] + 1, before)
        const lf = this.#raw.indexOf(LF, this.#line)
        const owner = this.#stack[this.#owners[depth]]
        if (closing) owner.closing ??= { before, behind: lf < 0 ? this.#raw.length : lf + 1 }
        if (lf < 0) break
        at = lf + 1
        this.#cut(closing ? depth : depth + 1)
        if (!closing && !this.#full) {
          next = at
          break
        }
        if (!closing) this.#pushRest(at)
        this.#nextBoundary(at)
      }
      if (next === null) break
      part = this.#begin(next)
    }
    this.#close(0, this.#raw.length)
    return root
  }

  /** Starts a part at its header; leaves a boundary found inside the header in #match. */
  #begin(at: number): Mutable {
    const raw = this.#raw
    this.#match = null
    const all = parseHeader(
      raw,
      at,
      this.#boundaries.depth === 0
        ? undefined
        : (line) => (this.#match = this.#boundaries.match(raw, line)) !== null,
      at === 0 ? this.#ahead : undefined,
    )
    this.#line = all.end
    const header = shownHeader(all)
    if (header !== all) {
      // The body starts before the line that was found: there may be delimiters in it.
      this.#match = null
      return this.#push(header, header.end)
    }
    // The line end before a boundary is the boundary's: RFC 2046 §5.1.1.
    return this.#push(
      header,
      this.#match === null ? header.end : Math.max(at, this.#beforeNewline(header.end)),
    )
  }

  /** Opens a part below the innermost open one. */
  #push(header: Header, headerEnd: number): Mutable {
    const parent = this.#stack.at(-1)
    const said = parseContent(header, parent?.kind === 'multipart')
    const content = boundContent(said)
    this.#said += octetsOf(content) + (parent?.kind === 'message' ? envelopeOctets(header) : 0)
    const part: Mutable = {
      ...newPart(this.#raw, header, headerEnd),
      ...this.#typeOf(content, parent),
      content,
    }
    this.#parts++
    parent?.children.push(part)
    this.#stack.push(part)
    if (this.#messages > 0) this.#countTo(headerEnd)
    else this.#countedTo = headerEnd
    part.lineBase = this.#lines
    if (part.kind === 'message') this.#messages++
    const boundary = part.kind === 'multipart' ? boundaryOf(said.contentType?.params ?? []) : null
    if (boundary !== null && this.#match === null) {
      this.#owners.push(this.#stack.length - 1)
      this.#boundaries.push(boundary)
    }
    return part
  }

  /** Will the next part be the last? */
  get #full(): boolean {
    return this.#parts >= PARTS_MAX - 1 || this.#said > STRUCTURE_MAX
  }

  /** All that follows as one leaf of the innermost open multipart, to the end of the message. */
  #pushRest(at: number): void {
    this.#cut(0)
    const header = new Header(this.#raw, at, at, at, [])
    const part = { ...newPart(this.#raw, header), ...OPAQUE, content: emptyContent() }
    this.#parts++
    this.#stack.at(-1)?.children.push(part)
    this.#stack.push(part)
  }

  #typeOf({ contentType }: Content, parent: Mutable | undefined) {
    const digest = parent?.kind === 'multipart' && parent.subtype.toLowerCase() === 'digest'
    // RFC 2046 §5.1.5: message/rfc822 is the default in a digest, RFC 2045 §5.2: else text/plain.
    const type = contentType?.type ?? (digest ? 'message' : 'text')
    const kind = this.#kindOf(
      type.toLowerCase(),
      contentType?.subtype?.toLowerCase() ?? null,
      digest,
    )
    if (kind === 'opaque') return OPAQUE
    const fallback =
      kind === 'text'
        ? 'plain'
        : kind === 'multipart'
          ? 'x-unknown'
          : kind === 'message'
            ? 'rfc822'
            : 'unknown'
    return { kind, type, subtype: contentType?.subtype ?? fallback }
  }

  #kindOf(type: string, subtype: string | null, digest: boolean): Kind | 'opaque' {
    const full = this.#stack.length >= DEPTH_MAX || this.#full
    if (type === 'multipart') return full ? 'opaque' : 'multipart'
    if (type === 'message') {
      // message/global of RFC 6532 §3.7 is listed alike: RFC 9051 §9, media-message.
      const whole = subtype === 'rfc822' || subtype === 'global' || (subtype === null && digest)
      return !whole ? 'leaf' : full ? 'opaque' : 'message'
    }
    return type === 'text' ? 'text' : 'leaf'
  }

  /** The next line from `at`, a line's start, that is an open boundary, left in #match and #line. */
  #nextBoundary(at: number): void {
    const raw = this.#raw
    let line = at
    do {
      if (this.#boundaries.depth === 0) return
      this.#match = this.#boundaries.match(raw, line)
      this.#line = line
      if (this.#match !== null) return
      line = raw.indexOf(DASHES, line) + 1
    } while (line > 0)
  }

  /** Where the line before `line` ends without its line end. */
  #beforeNewline(line: number): number {
    if (line === 0 || this.#raw[line - 1] !== LF) return line
    return line > 1 && this.#raw[line - 2] === CR ? line - 2 : line - 1
  }

  #cut(depth: number) {
    this.#boundaries.cut(depth)
    this.#owners.length = Math.min(depth, this.#owners.length)
  }

  /** Ends the parts from `level` of the stack inwards at `end`. */
  #close(level: number, end: number) {
    for (let part; this.#stack.length > level && (part = this.#stack.pop()) !== undefined;) {
      part.bodyEnd = Math.max(end, part.bodyStart)
      if (part.kind === 'multipart' && part.children.length === 0) this.#addText(part)
      if (part.kind === 'message') this.#messages--
      if (part.kind === 'text' || part.kind === 'message') {
        this.#countTo(part.bodyEnd)
        part.lines = this.#lines - part.lineBase
      }
    }
  }

  /**
   * A multipart in which no delimiter starts a part is shown as its text: the one before a closing delimiter, or behind
   * it where there is none before. It is decoded if the multipart, against RFC 2045 §6.4, says how.
   */
  #addText(part: Mutable) {
    const { raw, closing } = part
    let [from, to] = [part.bodyStart, part.bodyEnd]
    if (closing !== null) {
      const blank = raw.toString('latin1', from, closing.before).trim() === ''
      if (blank) from = Math.min(closing.behind, to)
      else to = closing.before
    }
    part.children.push({
      raw,
      kind: 'text',
      header: new Header(raw, from, from, from, []),
      headerEnd: from,
      bodyStart: from,
      bodyEnd: to,
      lines: countLines(raw, from, to),
      type: 'text',
      subtype: 'plain',
      content: { ...emptyContent(), encoding: part.content.encoding },
      children: [],
    })
  }

  /** Counts on to `at`. Only forwards, so that nested messages cost no more than flat ones. */
  #countTo(at: number) {
    if (at <= this.#countedTo) return
    this.#lines += countLines(this.#raw, this.#countedTo, at)
    this.#countedTo = at
  }
}
