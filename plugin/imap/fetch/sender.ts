// Hands a FETCH response over in pieces, each when the socket has taken the one before. Of a large message no more than
// a piece is in memory.
import type { Client } from '../client.ts'
import { limits, withoutNul } from '../wire/index.ts'
import type { Run } from './output.ts'

export class Sender {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Sends responses; throws where a message has gone in the middle of one, or the connection. */
  async send(chunks: readonly (Buffer | Run)[]): Promise<void> {
    const { writer } = this.#client
    if (chunks.length === 0) await this.#client.flush()
    for (const [i, chunk] of chunks.entries()) {
      const last = i === chunks.length - 1
      if ('item' in chunk) await this.#sendRun(chunk)
      else if (chunk.length > limits.PIECE) await this.#sendBytes(chunk)
      else if (last) writer.lines(chunk)
      else writer.piece(chunk)
      if (writer.size >= limits.PIECE || last) await this.#client.flush()
    }
    this.#client.hold(0)
  }

  async #sendBytes(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += limits.PIECE) {
      this.#client.writer.piece(bytes.subarray(at, at + limits.PIECE))
      await this.#client.flush()
    }
  }

  async #sendRun({ item, from, to }: Run): Promise<void> {
    const { verbs } = this.#client
    for (let at = from; at < to; at += limits.PIECE) {
      const piece = verbs.messages.octets(item, at, Math.min(at + limits.PIECE, to))
      this.#client.writer.piece(withoutNul(piece))
      await this.#client.flush()
    }
  }
}
