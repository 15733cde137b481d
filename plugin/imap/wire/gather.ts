// A buffer that grows with what arrives: announced sizes are believed only as bytes come.

const EMPTY: Buffer = Buffer.alloc(0)
const FIRST = 256

/** Collects copies of chunks; capacity doubles, so the cost is linear in the bytes added. */
export class Gather {
  #bytes = EMPTY
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Octets of memory that it takes. */
  get capacity(): number {
    return this.#bytes.length
  }

  /** Adds chunk[from..to); `most` is the size that will never be passed, if it is known. */
  add(chunk: Buffer, from: number, to: number, most = Infinity): void {
    const size = this.#size + (to - from)
    if (size > this.#bytes.length) {
      const capacity = Math.max(size, Math.min(most, Math.max(FIRST, 2 * this.#bytes.length)))
      const grown = Buffer.allocUnsafeSlow(capacity)
      this.#bytes.copy(grown, 0, 0, this.#size)
      this.#bytes = grown
    }
    chunk.copy(this.#bytes, this.#size, from, to)
    this.#size = size
  }

  /** The bytes so far; valid until the next call. */
  peek(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  /** Hands over the bytes and starts anew. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#size)
    this.#bytes = EMPTY
    this.#size = 0
    return bytes
  }
}
