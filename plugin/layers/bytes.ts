// Numbers as varints, behind each other.

export const MALFORMED = 'a layer of the model is malformed'

export class Bytes {
  #bytes: Uint8Array
  #at = 0

  constructor(room: number) {
    this.#bytes = new Uint8Array(room)
  }

  octet(value: number): void {
    this.#need()
    this.#bytes[this.#at++] = value
  }

  varint(value: number): void {
    this.#need()
    let rest = value
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#at)
  }

  /** Room for one number more: 53 bits are eight octets. */
  #need(): void {
    if (this.#at + 8 <= this.#bytes.length) return
    const larger = new Uint8Array(this.#bytes.length * 2 + 16)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export class Reading {
  readonly #bytes: Uint8Array

  constructor(
    bytes: Uint8Array,
    /** Where it stands. */
    public at = 0,
  ) {
    this.#bytes = bytes
  }

  /** Octets behind where it stands. */
  get left(): number {
    return this.#bytes.length - this.at
  }

  varint(): number {
    let value = 0
    for (let factor = 1; factor < 2 ** 56; factor *= 128) {
      const octet = this.#bytes[this.at++]
      if (octet === undefined) break
      value += (octet & 127) * factor
      if (octet < 128) return value
    }
    throw new Error(MALFORMED)
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  end(): void {
    if (this.at !== this.#bytes.length) throw new Error(MALFORMED)
  }
}
