// Reads responses by the grammar of RFC 9051 §9 and no other: one space between values, nothing left over.

/** Text in quotes or a literal. */
export interface Text {
  readonly text: string
}
export type Value = string | Text | Value[]

/** The values of a line (one char a byte, literals within); throws where it is not of the grammar. */
export function readValues(line: string): Value[] {
  return new Values(line).sequence('')
}

/** `* OK [CODE] text` and the like: code and text are free; anything else is values. */
export const CONDITION =
  /^(OK|NO|BAD|BYE|PREAUTH) (?:\[([A-Z0-9-]+)(?: ([^\]\r\n]*))?\] )?([^\r\n\0]+)$/

/** An atom, or the name of a section with its fields. */
const ATOM = /[A-Z]+\[[^\]\r\n]*\](?:<\d+>)?|[^\x00-\x20\x7f-\xff(){"]+/y
const QUOTED = /"((?:[^\r\n"\\\0]|\\["\\])*)"/y
const LITERAL = /~?\{(\d+)\}\r\n/y

class Values {
  readonly #line: string
  #at = 0

  constructor(line: string) {
    this.#line = line
  }

  /** Values up to `end`, each but the first behind one space; addresses and bodies stand side by side. */
  sequence(end: string): Value[] {
    const values: Value[] = []
    for (;;) {
      if (this.#peek() === end) return values
      if (values.length > 0 && !(this.#peek() === '(' && Array.isArray(values.at(-1))))
        this.#expect(' ')
      values.push(this.#value())
    }
  }

  #value(): Value {
    if (this.#peek() === '(') {
      this.#at++
      const list = this.sequence(')')
      this.#at++
      return list
    }
    const quoted = this.#match(QUOTED)
    if (quoted) return { text: quoted[1].replace(/\\(.)/g, '$1') }
    const literal = this.#match(LITERAL)
    if (literal) {
      const from = this.#at
      this.#at += Number(literal[1])
      if (this.#at > this.#line.length) throw this.#wrong('a whole literal')
      return { text: this.#line.slice(from, this.#at) }
    }
    const atom = this.#match(ATOM)
    if (!atom) throw this.#wrong('a value')
    return atom[0]
  }

  #peek(): string {
    return this.#line.charAt(this.#at)
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#line)
    if (match) this.#at = pattern.lastIndex
    return match
  }

  #expect(char: string): void {
    if (this.#peek() !== char) throw this.#wrong(JSON.stringify(char))
    this.#at++
  }

  #wrong(what: string): Error {
    return new Error(`expected ${what} at ${this.#at} of: ${this.#line.slice(0, 200)}`)
  }
}
