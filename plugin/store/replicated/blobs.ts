// Blobs on their way between machines: put before an entry names them, fetched before it is folded.
import { Gone, type BlobRef, type Entry, type Session } from '../../log/log.ts'
import { blobName } from '../blobs.ts'
import type { Env } from '../env.ts'
import { BIG, type Published } from '../files.ts'
import { refOf } from './entry.ts'

/** Names that are remembered as put. */
const KNOWN_MAX = 10_000
/** For so long: the log drops them after days. */
const KNOWN_MS = 60 * 60 * 1000
/** Octets that are fetched at a time. */
const GROUP = 4 * 2 ** 20

export type Blobs = ReadonlyMap<string, Uint8Array | Published>

export class BlobCarrier {
  readonly #env: Env
  readonly #known = new Map<string, number>()
  #server = ''
  readonly #arrived = new Map<string, Uint8Array | Published>()

  constructor(env: Env) {
    this.#env = env
  }

  /** Whether the log has all of them, as far as this process knows. */
  has(blobs: Blobs): boolean {
    return this.lacking(blobs).length === 0
  }

  /** Those that it may not have. */
  lacking(blobs: Blobs): [string, Uint8Array | Published][] {
    return [...blobs].filter(([name]) => !this.#isKnown(name))
  }

  async put(session: Session, blobs: Blobs): Promise<void> {
    this.meet(session)
    for (const [name, one] of blobs) {
      if (this.#isKnown(name)) continue
      const pieces = one instanceof Uint8Array ? [one] : this.#env.files.pieces(name)
      await session.putBlob(refOf(name, one), pieces)
      if (this.#known.size >= KNOWN_MAX) this.#known.clear()
      this.#known.set(name, Date.now())
    }
  }

  /** Another server may not have what was put to the one before. */
  meet({ identity }: Session): void {
    if (identity !== this.#server) this.#known.clear()
    this.#server = identity
  }

  #isKnown(name: string): boolean {
    const at = this.#known.get(name)
    return at !== undefined && Date.now() - at < KNOWN_MS
  }

  /** What these entries name and this machine has not. */
  missing(entries: readonly Entry[]): BlobRef[] {
    const refs = entries.flatMap(({ blobs }) => blobs)
    return refs.filter(({ name }) => !this.#env.views.blobs.has(name))
  }

  /**
   * Fetches them: large ones into files, small ones many at a time. What has come is kept until it is folded, also where the
   * session dies meanwhile.
   */
  async fetch(session: Session, refs: readonly BlobRef[]): Promise<Blobs> {
    const lacking = refs.filter(({ name }) => !this.#arrived.has(name))
    for (const { name, size } of lacking) {
      if (size < BIG) continue
      const pieces = await session.getBlob(name)
      if (!pieces) throw lost(name)
      const file = await this.#env.files.publishPieces(pieces)
      if (file.name !== name) throw damaged(name)
      this.#arrived.set(name, file)
    }
    for (const names of groups(lacking.filter(({ size }) => size < BIG))) {
      const found = await session.getBlobs(names)
      for (const name of names) {
        const bytes = found.get(name)
        if (!bytes) throw lost(name)
        if (blobName(bytes) !== name) throw damaged(name)
        this.#arrived.set(name, bytes)
      }
    }
    return this.#arrived
  }

  /** What these entries name is folded. */
  folded(entries: readonly Entry[]): void {
    for (const { blobs } of entries) for (const { name } of blobs) this.#arrived.delete(name)
  }
}

/** Names in groups of some MB. */
function* groups(refs: readonly BlobRef[]): Generator<string[]> {
  let names: string[] = []
  let octets = 0
  for (const { name, size } of refs) {
    if (names.length > 0 && octets + size > GROUP) {
      yield names
      names = []
      octets = 0
    }
    names.push(name)
    octets += size
  }
  if (names.length > 0) yield names
}

function lost(name: string): Gone {
  return new Gone(`the log does not have blob ${name}, which an entry of it names`)
}

function damaged(name: string): Gone {
  return new Gone(`the log brought other octets than those of blob ${name}`)
}
