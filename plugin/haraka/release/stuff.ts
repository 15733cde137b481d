// RFC 5321 §4.5.2: a dot at the start of a line is doubled. The final CRLF is there, or is added.
import { CR, LF } from '../../mime/octets.ts'

const DOT = Buffer.from('.')
const CRLF_DOT = Buffer.from('\r\n.')
const CRLF = CRLF_DOT.subarray(0, 2)

export class Stuffer {
  /** The last two octets that came; the first line begins as any other. */
  #last: [number, number] = [CR, LF]
  #begun = false

  /** What stands for the next octets of the message: views of them, and dots. */
  push(piece: Buffer): Buffer[] {
    const out: Buffer[] = []
    let from = 0
    for (const at of this.#dots(piece)) {
      if (at > from) out.push(piece.subarray(from, at))
      out.push(DOT)
      from = at
    }
    if (piece.length > from) out.push(piece.subarray(from))
    if (piece.length > 0) this.#begun = true
    if (piece.length > 1) this.#last = [piece[piece.length - 2], piece[piece.length - 1]]
    else if (piece.length === 1) this.#last = [this.#last[1], piece[0]]
    return out
  }

  /** What has to follow the last of them. */
  end(): Buffer[] {
    const [cr, lf] = this.#last
    return this.#begun && cr === CR && lf === LF ? [] : [CRLF]
  }

  /** Where dots stand that begin a line. */
  *#dots(piece: Buffer): Generator<number> {
    const [cr, lf] = this.#last
    if (cr === CR && lf === LF && piece[0] === DOT[0]) yield 0
    if (lf === CR && piece[0] === LF && piece[1] === DOT[0]) yield 1
    for (let at = piece.indexOf(CRLF_DOT); at >= 0; at = piece.indexOf(CRLF_DOT, at + 2))
      yield at + 2
  }
}

/** The same of all that `pieces` gives, each valid until the next is asked for. */
export async function* stuffed(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stuffer = new Stuffer()
  for await (const piece of pieces) yield* stuffer.push(piece)
  yield* stuffer.end()
}
