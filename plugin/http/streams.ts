// Streams of events (WHATWG HTML, server-sent events): what an account's tabs and programs are told as it happens.
import type { ServerResponse } from 'node:http'
import { limits } from './limits.ts'
import { Problem } from './problem.ts'

interface Stream {
  readonly account: string
  readonly response: ServerResponse
  readonly stop: () => void
}

interface Watched {
  /** The login still holds. */
  readonly isGood: () => boolean
  /** So many octets are unsent; false: there is no room for them. */
  readonly holds: (octets: number) => boolean
}

export class Streams {
  readonly #all = new Set<Stream>()

  /** Streams now. */
  get total(): number {
    return this.#all.size
  }

  /** Throws Problem where the account has as many as there can be. */
  check(account: string): void {
    const mine = [...this.#all].filter((one) => one.account === account)
    if (mine.length >= limits.STREAMS)
      throw new Problem('limit', `An account has at most ${limits.STREAMS} streams of events.`)
  }

  /** Begins one. `follow` is given what sends an event, and answers how to stop. */
  begin(
    account: string,
    response: ServerResponse,
    { isGood, holds }: Watched,
    follow: (send: (event: string, id: number, data: object) => void) => () => void,
  ): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    const end = (): void => {
      response.end()
    }
    const write = (text: string): void => {
      // An end would wait for who takes nothing.
      const unsent = response.writableLength + text.length
      if (unsent > limits.STREAM_UNSENT || !holds(unsent)) response.destroy()
      else if (!isGood()) end()
      else response.write(text)
    }
    write(': lazaret\n\n')
    const beat = setInterval(() => write(': \n\n'), limits.STREAM_BEAT_MS)
    const unfollow = follow((event, id, data) =>
      write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    )
    const stream: Stream = { account, response, stop: end }
    this.#all.add(stream)
    response.once('close', () => {
      clearInterval(beat)
      unfollow()
      this.#all.delete(stream)
    })
  }

  /** Ends all. */
  close(): void {
    for (const { stop } of this.#all) stop()
  }
}
