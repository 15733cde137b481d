// A body as it is signed, piece by piece: what relays change of it without a word does not count.
import { CR, LF } from '../../mime/octets.ts'

/**
 * Lines ended by LF, no line ends at the end: as DKIM's simple body canonicalization, empty lines at the end do not
 * count (RFC 6376 §3.4.3).
 */
export class SqueezedEnds {
  readonly #sink: (bytes: Buffer) => void
  /** LFs at the end of what came, and a CR behind them. */
  #lfs = 0
  #cr = false

  constructor(sink: (bytes: Buffer) => void) {
    this.#sink = sink
  }

  add(piece: Buffer): void {
    const body = this.#cr ? Buffer.concat([CR_ALONE, piece]) : piece
    this.#cr = body[body.length - 1] === CR
    const size = this.#cr ? body.length - 1 : body.length
    const out = Buffer.allocUnsafe(size)
    let n = 0
    for (let i = 0; i < size; i++) if (body[i] !== CR || body[i + 1] !== LF) out[n++] = body[i]
    let end = n
    while (end > 0 && out[end - 1] === LF) end--
    if (end > 0) this.#tell(out.subarray(0, end))
    this.#lfs += n - end
  }

  /** Line ends that turn out not to be the last, then more. */
  #tell(bytes: Buffer): void {
    for (; this.#lfs > 0; this.#lfs -= Math.min(this.#lfs, LFS.length))
      this.#sink(LFS.subarray(0, Math.min(this.#lfs, LFS.length)))
    this.#sink(bytes)
  }

  end(): void {
    if (this.#cr) this.#tell(CR_ALONE)
  }
}

const CR_ALONE = Buffer.from('\r')
const LFS = Buffer.alloc(4096, '\n')
