// Where FETCH responses are built: bytes written straight into large buffers, so that ten thousand
// messages leave no strings behind.

/** Octets of one buffer. */
const CHUNK = 65_536
/** From here bytes are handed on as they are, below it is cheaper to copy. */
const BY_REFERENCE = 8_192
/** Shorter text is written by a loop: a call out of JavaScript costs more. */
const SHORT = 24

/** Octets of a stored message that are read when they are sent, not before. */
export interface Run {
  readonly item: number
  /** of the message */
  readonly size: number
  readonly from: number
  readonly to: number
}

interface Mark {
  readonly chunks: number
  readonly buffer: Buffer
  readonly from: number
  readonly at: number
  readonly size: number
  readonly runs: number
}

export class Output {
  #buffer: Buffer = Buffer.allocUnsafe(CHUNK)
  /** What stands in #buffer before this was taken or is among #chunks. */
  #from = 0
  #at = 0
  #chunks: (Buffer | Run)[] = []
  #chunked = 0
  #runs = 0

  /** Octets built and not taken. */
  get size(): number {
    return this.#chunked + this.#at - this.#from
  }

  /** Octets that will be sent: those built, and those of runs. */
  get length(): number {
    return this.size + this.#runs
  }

  /** Text of the protocol, or one char per byte. */
  text(text: string): void {
    const { length } = text
    if (length > CHUNK) {
      this.bytes(Buffer.from(text, 'latin1'))
      return
    }
    if (this.#at + length > CHUNK) this.#next()
    if (length > SHORT) this.#buffer.write(text, this.#at, 'latin1')
    else for (let i = 0; i < length; i++) this.#buffer[this.#at + i] = text.charCodeAt(i)
    this.#at += length
  }

  /** A number from 0 in decimal digits. */
  number(value: number): void {
    if (value > 0xffff_ffff) {
      this.text(String(value))
      return
    }
    if (this.#at + 10 > CHUNK) this.#next()
    let digits = 1
    for (let bound = 10; value >= bound; bound *= 10) digits++
    let rest = value
    for (let i = this.#at + digits - 1; i >= this.#at; i--) {
      const higher = Math.floor(rest / 10)
      this.#buffer[i] = 48 + rest - higher * 10
      rest = higher
    }
    this.#at += digits
  }

  /** Bytes from `start` to `end`; many of them by reference: they must not change before they are sent. */
  bytes(bytes: Buffer, start = 0, end = bytes.length): void {
    const length = end - start
    if (length >= BY_REFERENCE) {
      this.#cut()
      this.#push(bytes.subarray(start, end))
      return
    }
    if (this.#at + length > CHUNK) this.#next()
    bytes.copy(this.#buffer, this.#at, start, end)
    this.#at += length
  }

  /** A run of a stored message: as long as it is not sent it takes no memory. */
  run(run: Run): void {
    this.#cut()
    this.#chunks.push(run)
    this.#runs += run.to - run.from
  }

  /** Where the next line begins, for `back`. */
  mark(): Mark {
    const { size } = this
    return {
      chunks: this.#chunks.length,
      buffer: this.#buffer,
      from: this.#from,
      at: this.#at,
      size: size - (this.#at - this.#from),
      runs: this.#runs,
    }
  }

  /** Drops what was built since `mark`; nothing may have been taken in between. */
  back(mark: Mark): void {
    this.#chunks.length = mark.chunks
    this.#buffer = mark.buffer
    this.#from = mark.from
    this.#at = mark.at
    this.#chunked = mark.size
    this.#runs = mark.runs
  }

  /** Hands over all that is built. */
  take(): (Buffer | Run)[] {
    this.#cut()
    const chunks = this.#chunks
    this.#chunks = []
    this.#chunked = this.#runs = 0
    return chunks
  }

  #next(): void {
    this.#cut()
    this.#buffer = Buffer.allocUnsafe(CHUNK)
    this.#from = this.#at = 0
  }

  /** Makes what stands in the buffer a chunk. */
  #cut(): void {
    if (this.#at === this.#from) return
    this.#push(this.#buffer.subarray(this.#from, this.#at))
    this.#from = this.#at
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#chunked += chunk.length
  }
}
