// Blobs as people read them: again and again, in pieces. Each is hashed when it is read; of a large one the bytes that
// were hashed are kept for a moment, so that a client that fetches 50 MB in pieces has it read and hashed once.
import { blobInPlace, blobOctets, getBlob, isFile, whole } from './blobs.ts'
import { NOTHING } from './codec.ts'
import type { Views } from './env.ts'

/** From here on it is worth keeping: hashing takes 0.7 ms a MB. */
const LARGE = 256 * 1024
/** Octets that are kept. The newest message is, whatever its size. */
export const KEPT_MAX = 64 * 1024 * 1024
/** Without a reader for so long they go. */
const IDLE_MS = 10_000
/** Large messages of which the header alone is read: how many are remembered as whole, and for how long. */
const WHOLE_MAX = 10_000
const WHOLE_MS = 10 * 60_000

export class BlobReader {
  readonly #views: Views
  /** By name, the one that was read last at the end. */
  readonly #kept = new Map<string, Buffer>()
  #octets = 0
  #idle: NodeJS.Timeout | null = null
  /** By name, when it was found whole (Unix ms). */
  readonly #whole = new Map<string, number>()

  constructor(views: Views) {
    this.#views = views
  }

  /** As getBlob, behind `front`, in one copy. The bytes must not be changed. */
  read(name: string, front: Buffer = NOTHING): Buffer | null {
    const key = front.length === 0 ? name : name + front.toString('latin1')
    const kept = this.#kept.get(key)
    if (kept) {
      this.#kept.delete(key)
      this.#keep(key, kept)
      return kept
    }
    // Copied and then hashed: what is read is what was found whole.
    const copy = front.length === 0 ? getBlob(this.#views, name) : this.#behind(front, name)
    if (copy && copy.length >= LARGE) {
      this.#octets += copy.length
      this.#keep(key, copy)
    }
    return copy
  }

  #behind(front: Buffer, name: string): Buffer | null {
    const bytes = blobInPlace(this.#views, name)
    return bytes && Buffer.concat([front, bytes])
  }

  /**
   * Without a look at its hash, which is the reader's business; valid until the next access to any table. Of a large one
   * the file.
   */
  unchecked(name: string): Buffer | string | null {
    const { blobs, files } = this.#views
    if (isFile(this.#views, name)) return files.path(name)
    return this.#kept.get(name) ?? blobs.inPlace(name) ?? null
  }

  /** For its header or a piece of it: without a copy, valid until the next access to any table. */
  header(name: string): Buffer | null {
    const kept = this.#kept.get(name)
    if (kept) return kept
    const bytes = this.#views.blobs.inPlace(name)
    if (!bytes || bytes.length < LARGE) return bytes ? whole(name, bytes) : null
    const now = Date.now()
    if (now - (this.#whole.get(name) ?? 0) < WHOLE_MS) return bytes
    const found = whole(name, bytes)
    if (this.#whole.size >= WHOLE_MAX) this.#whole.clear()
    this.#whole.set(name, now)
    return found
  }

  /** Some octets, in memory of their own; of a file no others are kept in memory. */
  octets(name: string, from: number, to: number): Buffer | null {
    if (isFile(this.#views, name)) return blobOctets(this.#views, name, from, to)
    const bytes = this.header(name)
    return bytes && Buffer.from(bytes.subarray(from, to))
  }

  #keep(name: string, bytes: Buffer): void {
    this.#kept.set(name, bytes)
    for (const [oldest, { length }] of this.#kept) {
      if (this.#octets <= KEPT_MAX || oldest === name) break
      this.#kept.delete(oldest)
      this.#octets -= length
    }
    if (this.#idle) this.#idle.refresh()
    else
      this.#idle = setTimeout(() => {
        this.#idle = null
        this.#kept.clear()
        this.#octets = 0
      }, IDLE_MS).unref()
  }
}
