// What is asked of the texts of a message, where nothing cheaper has settled whether it matches a SEARCH.
import { HeaderTexts, MessageTexts } from '../../mime/search.ts'
import { type Part, parseStructure } from '../../mime/structure.ts'

/** Keys are folded (`fold` of mime/search.ts). */
export type Question =
  /** Is `text` in it, and with `header` in its headers? `word`: its longest run without spaces */
  | {
      readonly text: string
      readonly header: boolean
      readonly ascii: boolean
      readonly word: string
    }
  | { readonly field: string; readonly value: string }
  | { readonly all: readonly Question[] }
  | { readonly any: readonly Question[] }
  | { readonly not: Question }

/** A message, decoded once however many questions there are. */
export class Asked {
  readonly #raw: Buffer
  readonly #plain: boolean
  readonly #check: () => void
  #root: Part | undefined
  #texts: MessageTexts | undefined
  #fields: HeaderTexts | undefined
  #lower: string | undefined

  /**
   * @param plain what is not among its bytes, case aside, is in no text of it
   * @param check is called within what may be long
   */
  constructor(raw: Buffer, plain: boolean, check: () => void) {
    this.#raw = raw
    this.#plain = plain
    this.#check = check
  }

  answers(question: Question): boolean {
    this.#check()
    if ('text' in question) return this.#has(question)
    if ('field' in question) {
      this.#fields ??= new HeaderTexts(this.#parts.header)
      return this.#fields.has(question.field, question.value)
    }
    if ('all' in question) return question.all.every((one) => this.answers(one))
    if ('any' in question) return question.any.some((one) => this.answers(one))
    return !this.answers(question.not)
  }

  #has({ text, header, ascii, word }: Extract<Question, { text: string }>): boolean {
    // Folds of a header may stand where the key has a space: its longest word is looked for.
    if (this.#plain) {
      this.#lower ??= this.#raw.toString('latin1').toLowerCase()
      if (!(ascii && this.#lower.includes(word))) return false
    }
    this.#texts ??= new MessageTexts(this.#parts, this.#check)
    return this.#texts.has(text, header)
  }

  get #parts(): Part {
    return (this.#root ??= parseStructure(this.#raw))
  }
}
