// RFC 5322 §3.2: atoms, quoted strings, comments; RFC 2045 §5.1: tokens. Values may still be folded.

// For each byte: 1 atext (RFC 5322 §3.2.3; 8-bit bytes too, RFC 6532 §3.2), 2 MIME token.
const KIND = new Uint8Array(256)
for (let c = 33; c < 256; c++) {
  const char = String.fromCharCode(c)
  if (c === 127) continue
  if (!'()<>[]:;@\\,."'.includes(char)) KIND[c] |= 1
  if (!'()<>@,;:\\"/[]?='.includes(char)) KIND[c] |= 2
}

/** Reads a header value from left to right. Each `take` returns null when its rule does not hold. */
export class Lexer {
  readonly text: string
  at = 0
  /** The last comment passed, without its parentheses. */
  comment = ''
  constructor(text: string) {
    this.text = text
  }

  get ended(): boolean {
    return this.at >= this.text.length
  }

  /** True when `char` stands at the cursor. */
  is(char: string): boolean {
    return this.text[this.at] === char
  }

  get isAtext(): boolean {
    return this.at < this.text.length && (KIND[this.text.charCodeAt(this.at)] & 1) !== 0
  }

  /** Passes white space and comments. False: a comment is not closed, the cursor is at the end. */
  skip(): boolean {
    const { text } = this
    for (;;) {
      const c = text.charCodeAt(this.at)
      if (c === 32 || c === 9 || c === 13 || c === 10) this.at++
      else if (c !== 40) return true
      else if (!this.#skipComment()) return false
    }
  }

  #skipComment(): boolean {
    const { text } = this
    let comment = ''
    let from = this.at + 1
    let depth = 0
    for (; this.at < text.length; this.at++) {
      const c = text.charCodeAt(this.at)
      if (c === 40) depth++
      else if (c === 41 && --depth === 0) {
        this.comment = comment + text.slice(from, this.at)
        this.at++
        return true
      } else if (c === 92) {
        comment += text.slice(from, this.at)
        from = ++this.at
      }
    }
    return false
  }

  /** The longest run of atext (with `dots` also of "."), '' when there is none. */
  run(dots: boolean): string {
    const { text } = this
    const from = this.at
    while (this.at < text.length) {
      const c = text.charCodeAt(this.at)
      if ((KIND[c] & 1) === 0 && !(dots && c === 46)) break
      this.at++
    }
    return text.slice(from, this.at)
  }

  /** RFC 2045 §5.1 token, then CFWS; '' when there is none, null when the CFWS is broken. */
  token(): string | null {
    const { text } = this
    const from = this.at
    while (this.at < text.length && (KIND[text.charCodeAt(this.at)] & 2) !== 0) this.at++
    const token = text.slice(from, this.at)
    return this.skip() ? token : null
  }

  /** RFC 5322 §3.2.4 at a `"`, then CFWS; null when a quote or comment is not closed. */
  quotedString(): string | null {
    const { text } = this
    let out = ''
    let from = ++this.at
    for (; this.at < text.length; this.at++) {
      const c = text.charCodeAt(this.at)
      if (c === 34) {
        out += text.slice(from, this.at)
        this.at++
        return this.skip() ? out : null
      }
      if (c === 10 || c === 13) {
        out += text.slice(from, this.at)
        from = this.at + 1
        if (c === 13 && text.charCodeAt(from) !== 10) out += ' '
      } else if (c === 92) {
        out += text.slice(from, this.at)
        from = ++this.at
      }
    }
    return null
  }
}

/**
 * RFC 5322 §3.4.1 local-part and §4.4 obs-local-part, words joined by dots with white space around
 * them, then CFWS. Tolerates dots at the ends and in a row. Null: none, or broken CFWS.
 */
export function localPart(lexer: Lexer): string | null {
  if (!lexer.isAtext && !lexer.is('.') && !lexer.is('"')) return null
  let out = ''
  do {
    if (lexer.is('"')) {
      const quoted = lexer.quotedString()
      if (quoted === null) return null
      out += quoted
    } else {
      out += lexer.run(true)
      if (!lexer.skip()) return null
    }
  } while (lexer.is('.') || (out.endsWith('.') && (lexer.isAtext || lexer.is('"'))))
  return out
}

/**
 * RFC 5322 §3.4.1 domain at its "@", then CFWS: atoms joined by dots with white space around them
 * (§4.4), or a domain literal with its brackets. Null: none, or broken.
 */
export function domain(lexer: Lexer): string | null {
  lexer.at++
  if (!lexer.skip() || lexer.ended) return null
  if (!lexer.is('[')) {
    let out = ''
    for (;;) {
      const atom = lexer.run(false)
      if (atom === '' || !lexer.skip()) return null
      out += atom
      if (!lexer.is('.')) return out
      lexer.at++
      out += '.'
      if (!lexer.skip()) return null
    }
  }
  const { text } = lexer
  const from = lexer.at
  for (; lexer.at < text.length; lexer.at++) {
    if (text[lexer.at] === '\\') lexer.at++
    else if (text[lexer.at] === ']') {
      const literal = text.slice(from, ++lexer.at)
      return lexer.skip() ? literal : null
    }
  }
  lexer.at = text.length
  return null
}

/** RFC 5322 §3.2.5 phrase, words joined by one space. Null: broken, or a "." where a word belongs. */
export function phrase(lexer: Lexer): string | null {
  if (lexer.is('.')) return null
  let out = ''
  for (;;) {
    if (lexer.is('"')) {
      const quoted = lexer.quotedString()
      if (quoted === null) return null
      out += quoted
    } else {
      out += lexer.run(true) // obs-phrase allows dots: RFC 5322 §4.1
      if (!lexer.skip()) return null
    }
    if (!lexer.isAtext && !lexer.is('"') && !lexer.is('.')) return out
    out += ' '
  }
}
