// The features of a message, gathered view by view.
import { Looks } from './looks.ts'
import { fnv, hash, lower, pairOf, saltOf, slotOf, structural } from './hash.ts'

export const A = 0
export const B = 1
export const C = 2

const VIEW_MAX = 6000
const RANGE_MAX = 65536

export class Features {
  /** Of the top header. */
  readonly looks = new Looks(this)
  readonly views = [new Set<number>(), new Set<number>(), new Set<number>()]
  readonly #bits: number

  constructor(bits: number) {
    this.#bits = bits
  }

  #add(q: bigint, view: number): void {
    if (this.views[view].size < VIEW_MAX) this.views[view].add(slotOf(q, this.#bits))
  }

  structural(t: bigint, view: number): void {
    this.#add(structural(t, view), view)
  }

  /** The shape of a value. */
  shape(tag: number, value: string, view: number): void {
    const mapped = value
      .replace(/[ \t\r\n]/g, ' ')
      .replace(/[0-9]/g, '0')
      .replace(/[a-z]/g, 'a')
      .replace(/[A-Z]/g, 'A')
      .replace(/(.)\1+/gs, '$1')
    this.structural(BigInt((tag ^ fnv(mapped.slice(0, 24))) >>> 0), view)
  }

  /** Words and pairs of adjacent words. */
  words(text: string, tag: number, view: number): void {
    const salt = saltOf(tag >>> 0, view)
    let before = 0n
    const token = (word: string): void => {
      const q = hash(word, salt)
      this.#add(q, view)
      if (before !== 0n) this.#add(pairOf(before, q), view)
      before = q
    }
    for (const [run] of text.slice(0, RANGE_MAX).matchAll(/[A-Za-z0-9\x80-\xff]+/g)) {
      const word = lower(run)
      if (word.length > 18 && word >= '\x80')
        for (let i = 0; i + 6 <= word.length; i += 3) token(word.slice(i, i + 6))
      else token(word)
    }
  }
}
