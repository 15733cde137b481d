// Hands a FETCH response over in pieces, each when the socket has taken the one before. Of a large message no more is
// in memory than the share of the account has room for: all of it, or else a piece.
import type { Client } from '../client.ts'
import { limits, withoutNul } from '../wire/index.ts'
import type { Run } from './output.ts'

export class Sender {
  readonly #client: Client
  /** the message that is being sent, where there is room for it */
  #whole: { readonly item: number; readonly bytes: Buffer } | null = null
  #made = 0

  constructor(client: Client) {
    this.#client = client
  }

  /**
   * Sends responses; throws where a message has gone in the middle of one, or the connection. `made`: octets of them
   * that are counted already.
   */
  async send(chunks: readonly (Buffer | Run)[], made: number): Promise<void> {
    const { writer } = this.#client
    this.#made = made
    if (chunks.length === 0) await this.#client.flush()
    for (const [i, chunk] of chunks.entries()) {
      const last = i === chunks.length - 1
      if ('item' in chunk) await this.#sendRun(chunk)
      else if (chunk.length > limits.PIECE) await this.#sendBytes(chunk)
      else if (last) writer.lines(chunk)
      else writer.piece(chunk)
      if (writer.size >= limits.PIECE || last) await this.#client.flush()
    }
    this.#whole = null
    this.#client.hold(0)
  }

  async #sendBytes(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += limits.PIECE) {
      this.#client.writer.piece(bytes.subarray(at, at + limits.PIECE))
      await this.#client.flush()
    }
  }

  async #sendRun(run: Run): Promise<void> {
    for (let at = run.from; at < run.to; at += limits.PIECE) {
      this.#client.writer.piece(
        withoutNul(this.#read(run, at, Math.min(at + limits.PIECE, run.to))),
      )
      await this.#client.flush()
    }
  }

  /** A piece of a message, as a copy. */
  #read({ item, size }: Run, from: number, to: number): Buffer {
    const { verbs } = this.#client
    if (this.#whole?.item !== item) {
      this.#whole = null
      if (this.#client.hold(this.#made + size))
        this.#whole = { item, bytes: verbs.messages.shown(item) }
    }
    return this.#whole?.bytes.subarray(from, to) ?? verbs.messages.octets(item, from, to)
  }
}
