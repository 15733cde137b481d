// Large messages lie in files of their own beside LMDB, each under its SHA-256: there they cost no run of free pages, are
// read in pieces, and whoever reads one keeps it open, whatever becomes of it meanwhile.
//
//   incoming/...   being written; not a message yet
//   blobs/ab/ab... whole and on disk before an event names it; swept when none does any more
import { createHash, randomUUID, type Hash } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs'
import { link, mkdir, open, readdir, rename, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY, HOUR, MINUTE } from '../time.ts'
import type { Turn } from '../turns.ts'
import {
  changed,
  fill,
  openIfThere,
  sizeIfThere,
  syncFolder,
  unlinkIfThere,
  writeAll,
} from './disk.ts'

/** From so many octets on a message is a file. */
export const BIG = 1024 * 1024
/** Octets that are read or written at a time: what a large message takes of memory. */
export const PIECE = 256 * 1024
/** A file that no event names may be about to be named: of a decision that has not begun. */
const UNNAMED_MS = HOUR
/** What is being written is written on; behind a crash it is not. */
const UNFINISHED_MS = DAY

/** How many files are remembered as whole, and for how long: hashing takes 0.7 ms a MB. */
const WHOLE_MAX = 10_000
const WHOLE_MS = 10 * MINUTE

/** A large message that is on disk under its name; events may name it within the hour. */
export interface Published {
  readonly name: string
  readonly size: number
}

export class BlobFiles {
  readonly #blobs: string
  /** Folder for what is being written. */
  readonly incoming: string
  /** By name, which file was found whole, and when (Unix ms). */
  readonly #whole = new Map<string, { stamp: string; at: number }>()

  constructor(dir: string) {
    this.#blobs = join(dir, 'blobs')
    this.incoming = join(dir, 'incoming')
    for (const folder of [this.#blobs, this.incoming])
      mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  path(name: string): string {
    return join(this.#folder(name), name)
  }

  #folder(name: string): string {
    return join(this.#blobs, name.slice(0, 2))
  }

  has(name: string): boolean {
    return statSync(this.path(name), { throwIfNoEntry: false }) !== undefined
  }

  /** Octets from `from` to `to` (to the end unless told) in memory of their own; undefined: there is no such file. */
  read(name: string, from = 0, to = Infinity): Buffer | undefined {
    const fd = openIfThere(this.path(name))
    if (fd === null) return undefined
    try {
      const size = Math.max(0, Math.min(to, fstatSync(fd).size) - from)
      // Not of the pool, and not grown: no octet more than is asked for.
      const bytes = Buffer.allocUnsafeSlow(size)
      return bytes.subarray(0, fill(fd, bytes, from))
    } finally {
      closeSync(fd)
    }
  }

  /**
   * Whether its bytes are what its name says; null: there is no such file. Of one that was found whole lately no more is
   * asked than whether it is the same file.
   */
  isWhole(name: string): boolean | null {
    const fd = openIfThere(this.path(name))
    if (fd === null) return null
    try {
      const stamp = stampOf(fstatSync(fd))
      if (this.#isKnown(name, stamp)) return true
      const hash = createHash('sha256')
      const buffer = Buffer.allocUnsafeSlow(PIECE)
      for (let at = 0, read; (read = readSync(fd, buffer, 0, PIECE, at)) > 0; at += read)
        hash.update(buffer.subarray(0, read))
      return this.#hashed(name, stamp, hash)
    } finally {
      closeSync(fd)
    }
  }

  /** The same without keeping others waiting. `turn`: who pays for it. */
  async check(name: string, turn?: Turn): Promise<boolean | null> {
    const stats = statSync(this.path(name), { throwIfNoEntry: false })
    if (!stats) return null
    const stamp = stampOf(stats)
    if (this.#isKnown(name, stamp)) return true
    const hash = createHash('sha256')
    for await (const piece of this.pieces(name)) {
      hash.update(piece)
      await turn?.give()
    }
    return this.#hashed(name, stamp, hash)
  }

  #isKnown(name: string, stamp: string): boolean {
    const known = this.#whole.get(name)
    return known?.stamp === stamp && Date.now() - known.at < WHOLE_MS
  }

  #hashed(name: string, stamp: string, hash: Hash): boolean {
    const whole = hash.digest('hex') === name
    if (this.#whole.size >= WHOLE_MAX) this.#whole.clear()
    if (whole) this.#whole.set(name, { stamp, at: Date.now() })
    else this.#whole.delete(name)
    return whole
  }

  /** Octets from `from` on in pieces, each valid until the next is asked for. Throws where there is no such file. */
  async *pieces(name: string, from = 0): AsyncGenerator<Buffer> {
    const file = await open(this.path(name), 'r')
    try {
      const buffer = Buffer.allocUnsafeSlow(PIECE)
      for (let at = from; ;) {
        const { bytesRead } = await file.read(buffer, 0, PIECE, at)
        if (bytesRead === 0) return
        at += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  }

  /** Name of a file to be written, which becomes a message by `publishFile` or is to be unlinked. */
  temporary(): string {
    return join(this.incoming, `${process.pid}-${randomUUID()}`)
  }

  /** Puts bytes there, in pieces; resolves when they are on disk. */
  async publish(bytes: Uint8Array): Promise<Published> {
    return await this.publishPieces(piecesOf(bytes))
  }

  /** The same of what comes piece by piece. */
  async publishPieces(
    pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<Published> {
    const path = this.temporary()
    const hash = createHash('sha256')
    const file = await open(path, 'wx', 0o600)
    let size = 0
    try {
      for await (const piece of pieces) {
        hash.update(piece)
        await writeAll(file, piece)
        size += piece.length
      }
      return await this.#publish(path, file, hash, size)
    } finally {
      await file.close()
      await unlinkIfThere(path)
    }
  }

  /** Makes a file in `incoming` a message, which stays there too. `bytes`: what is in it. */
  async publishFile(path: string, bytes: Uint8Array): Promise<Published> {
    const file = await open(path, 'r+')
    try {
      const hash = createHash('sha256')
      for (let at = 0; at < bytes.length; at += PIECE) {
        hash.update(bytes.subarray(at, at + PIECE))
        await others()
      }
      const second = this.temporary()
      await link(path, second)
      try {
        return await this.#publish(second, file, hash, bytes.length)
      } finally {
        // Where the message has that file already, renaming does nothing.
        await unlinkIfThere(second)
      }
    } finally {
      await file.close()
    }
  }

  async #publish(path: string, file: FileHandle, hash: Hash, size: number): Promise<Published> {
    const name = hash.digest('hex')
    const { size: written } = await file.stat()
    if (written !== size)
      throw new Error(`${path} has ${written} octets instead of ${size}: is the disk full?`)
    await file.sync()
    const folder = this.#folder(name)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Over one that is there: it begins to wait for its event anew, and a damaged one is mended.
    await rename(path, join(folder, name))
    for (const one of [folder, this.#blobs]) await syncFolder(one)
    return { name, size }
  }

  /** The same at once, blocking: for what is seldom large. */
  put(name: string, bytes: Uint8Array): void {
    const path = this.temporary()
    const folder = this.#folder(name)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const fd = openSync(path, 'wx', 0o600)
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(path, join(folder, name))
    for (const one of [folder, this.#blobs]) {
      const dir = openSync(one, 'r')
      fsyncSync(dir)
      closeSync(dir)
    }
  }

  /** Names of files that no event names: `named` is asked. For `remove`, where that is still so. */
  async unnamed(named: (name: string) => boolean, now: number): Promise<string[]> {
    const found: string[] = []
    for (const folder of await readdir(this.#blobs))
      for (const name of await readdir(join(this.#blobs, folder))) {
        if (named(name)) continue
        const ctime = await changed(this.path(name))
        if (ctime !== null && now - ctime > UNNAMED_MS) found.push(name)
      }
    return found
  }

  /** Names of all files. */
  *names(): Generator<string> {
    for (const folder of readdirSync(this.#blobs)) yield* readdirSync(join(this.#blobs, folder))
  }

  /** Octets of all files. */
  octets(): number {
    let sum = 0
    for (const name of this.names())
      sum += statSync(this.path(name), { throwIfNoEntry: false })?.size ?? 0
    return sum
  }

  /** The same without keeping anybody waiting. */
  async count(): Promise<number> {
    let sum = 0
    for (const folder of await readdir(this.#blobs))
      for (const name of await readdir(join(this.#blobs, folder)))
        sum += await sizeIfThere(this.path(name))
    return sum
  }

  remove(name: string): void {
    unlinkSync(this.path(name))
  }

  /** Removes what processes left behind that died while they wrote it. */
  async sweepIncoming(now: number): Promise<void> {
    for (const name of await readdir(this.incoming)) {
      const path = join(this.incoming, name)
      const ctime = await changed(path)
      if (ctime !== null && now - ctime > UNFINISHED_MS) await unlinkIfThere(path)
    }
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

/** Which file it is, and of when. */
const stampOf = ({ ino, size, ctimeMs }: Stats): string => `${ino} ${size} ${ctimeMs}`

const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
