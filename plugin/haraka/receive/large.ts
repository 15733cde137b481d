// Large messages on their way through the thread: one after another in one buffer. A buffer for each would stay until the
// next collection, and the next one beside it.
import { open } from 'node:fs/promises'
import { Room } from './room.ts'

/** Octets of large messages in memory at a time. */
const MEMORY = 64 * 1024 * 1024
/** Below Haraka's plugin_timeout (30 s): the sender is told to come again. */
const PATIENCE_MS = 20_000
/** Octets read at a time: others get their turn. */
const PIECE = 1024 * 1024
/** Unused for so long, the buffer goes. */
const IDLE_MS = 10_000

export class Large {
  readonly #room = new Room(MEMORY, PATIENCE_MS)
  #spare: Buffer | null = null
  #idle: NodeJS.Timeout | null = null

  /** Runs `work` with the message in a file. Throws NoRoom when too many want that. */
  async read<T>(
    { path, size }: { path: string; size: number },
    work: (raw: Buffer) => Promise<T>,
  ): Promise<T> {
    return await this.#room.with(size, async () => {
      const buffer = this.#take(size)
      try {
        const raw = buffer.subarray(0, size)
        await fill(path, raw)
        return await work(raw)
      } finally {
        this.#giveBack(buffer)
      }
    })
  }

  #take(size: number): Buffer {
    const spare = this.#spare
    if (!spare || spare.length < size) return Buffer.allocUnsafeSlow(size)
    this.#spare = null
    return spare
  }

  #giveBack(buffer: Buffer): void {
    if (!this.#spare || this.#spare.length < buffer.length) this.#spare = buffer
    if (this.#idle) this.#idle.refresh()
    else
      this.#idle = setTimeout(() => {
        this.#idle = null
        this.#spare = null
      }, IDLE_MS).unref()
  }
}

async function fill(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r')
  try {
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(PIECE, bytes.length - at), at)
      if (bytesRead === 0) throw new Error(`${path} ended after ${at} octets of ${bytes.length}`)
      at += bytesRead
    }
  } finally {
    await file.close()
  }
}
