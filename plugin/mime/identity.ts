// Recognises a message that a mail client took out of one folder and put into another: mbsync adds
// an X-TUID header, offlineimap another date, others change line ends. What they keep is the
// Message-ID and the content.

import { createHash, hash } from 'node:crypto'
import { decodePieces } from './decode.ts'
import { find } from './headers.ts'
import { messageIds } from './message-id.ts'
import { CR, LF, SP, TAB } from './octets.ts'
import type { Part } from './structure.ts'

export interface Identity {
  /** The identifier of the Message-ID field without angle brackets; null when there is none. */
  messageId: string | null
  /**
   * SHA-256 (32 bytes) over the decoded content: of a multipart over the digests of its leaves.
   * Line ends, white space at the end of a part and all headers do not count.
   */
  body: Buffer
}

export function identity(root: Part): Identity {
  const steps = identitySteps(root)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The same in steps of some hundred kilobytes, so that others get their turn. */
export function* identitySteps(root: Part): Generator<void, Identity> {
  const field = find(root.header, 'message-id')
  return {
    messageId: field === null ? null : (messageIds(field)[0] ?? null),
    body: yield* digest(root),
  }
}

function* digest(part: Part): Generator<void, Buffer> {
  if (part.children.length === 0) {
    const normal = new Normal()
    for (const piece of decodePieces(part)) {
      normal.add(piece)
      yield
    }
    return normal.digest()
  }
  const digests: Buffer[] = []
  for (const child of part.children) digests.push(yield* digest(child))
  // An empty part may come and go with the line end of the last boundary.
  return sha256(Buffer.concat(digests.filter((one) => !one.equals(EMPTY))))
}

const sha256 = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer')
const EMPTY = sha256(Buffer.alloc(0))

/** Hashes text with every line end as LF, none and no white space at its end. */
class Normal {
  readonly #hash = createHash('sha256')
  /** White space that is at the end, as long as nothing follows. */
  #held: Buffer[] = []

  add(piece: Buffer): void {
    let end = piece.length
    while (end > 0 && isSpace(piece[end - 1])) end--
    if (end > 0) {
      const text = Buffer.concat([...this.#held, piece.subarray(0, end)])
      this.#hash.update(withLf(text.toString('latin1')), 'latin1')
      this.#held = []
    }
    if (end < piece.length) this.#held.push(Buffer.from(piece.subarray(end)))
  }

  digest(): Buffer {
    return this.#hash.digest()
  }
}

const isSpace = (byte: number): boolean => byte === SP || byte === TAB || byte === CR || byte === LF

function withLf(text: string): string {
  const lines = text.replaceAll('\r\n', '\n')
  return lines.includes('\r\n') ? lines.split('\n').map(withoutCr).join('\n') : lines
}

function withoutCr(line: string): string {
  let end = line.length
  while (end > 0 && line[end - 1] === '\r') end--
  return line.slice(0, end)
}
