// One message while it is fetched or searched: what is known of it, read when the first item asks for it.
import { unlessDamaged } from '../../errors.ts'
import { decodePart } from '../../mime/decode.ts'
import { type Header, parseHeader } from '../../mime/headers.ts'
import { HeaderTexts } from '../../mime/search.ts'
import { findPart } from '../../mime/sections.ts'
import { shownHeader } from '../../mime/separator.ts'
import { type Part, parseStructure } from '../../mime/structure.ts'
import type { Summary } from '../../quarantine/folders/summary.ts'
import type { Client } from '../client.ts'

export class Message {
  readonly index: number
  readonly uid: number
  /** Its FLAGS are told although nobody asked: this command made it \Seen. */
  readonly changed: boolean
  readonly #client: Client
  readonly #lenient: boolean
  #summary: Summary | null = null
  #raw: Buffer | undefined
  #header: Header | undefined
  #root: Part | undefined
  #fields: HeaderTexts | undefined
  /** by path */
  #decoded = new Map<string, Buffer | null>()

  /** @param lenient a message that is damaged on disk reads as an empty one; else it is refused */
  constructor(client: Client, index: number, { changed = false, lenient = false } = {}) {
    this.#client = client
    this.index = index
    this.uid = client.view.uidAt(index)
    this.changed = changed
    this.#lenient = lenient
  }

  /** False when it was removed meanwhile, and only its flags are known. */
  get there(): boolean {
    const { verbs, view } = this.#client
    this.#summary ??= verbs.messages.summaryAt(view.folder, this.uid)
    return this.#summary !== null
  }

  get summary(): Summary {
    if (!this.there || !this.#summary) throw new Error(`message ${this.uid} is gone`)
    return this.#summary
  }

  /** Unix time in ms at which it came into the folder, or null. */
  get saved(): number | null {
    return this.#client.verbs.messages.savedAt(this.#client.view.folder, this.uid)
  }

  get raw(): Buffer {
    const { verbs } = this.#client
    return (this.#raw ??= this.#read(() => verbs.messages.shown(this.summary.item)) ?? EMPTY)
  }

  /** The message's own header, much cheaper than `root`, and than `raw` where the message is large. */
  get header(): Header {
    if (this.#header) return this.#header
    const { verbs } = this.#client
    const all = this.#raw
      ? parseHeader(this.#raw)
      : (this.#read(() => verbs.messages.header(this.summary.item)) ?? parseHeader(EMPTY))
    return (this.#header = shownHeader(all))
  }

  /** A header that has all fields of these names, cheaper still where none of them is ours. */
  headerOf(names: readonly string[]): Header {
    if (this.#header ?? this.#raw) return this.header
    const { verbs } = this.#client
    const all = this.#read(() => verbs.messages.header(this.summary.item, names))
    return shownHeader(all ?? parseHeader(EMPTY))
  }

  /** What SEARCH looks for in the header, decoded once for all keys. */
  get fields(): HeaderTexts {
    return (this.#fields ??= new HeaderTexts(this.header))
  }

  /** A part as its encoding says, once however often it is asked for; null: there is no such part. */
  decoded(path: readonly number[]): Buffer | null {
    const key = path.join('.')
    const known = this.#decoded.get(key)
    if (known !== undefined) return known
    const part = findPart(this.root, path)
    const bytes = part && decodePart(part)
    this.#decoded.set(key, bytes)
    return bytes
  }

  get root(): Part {
    return (this.#root ??= parseStructure(this.raw))
  }

  #read<T>(read: () => T): T | null {
    return this.#lenient ? unlessDamaged(read) : read()
  }
}

const EMPTY = Buffer.alloc(0)
