// One message while it is fetched or searched: what is known of it, read when the first item asks for it.
import { Refused, unlessDamaged } from '../../errors.ts'
import { type Header, parseHeader } from '../../mime/headers.ts'
import { HeaderTexts } from '../../mime/search.ts'
import { shownHeader } from '../../mime/separator.ts'
import { type Part, parseStructure } from '../../mime/structure.ts'
import type { Summary } from '../../quarantine/folders/summary.ts'
import type { Client } from '../client.ts'
import { sourceOf } from '../../threads/source.ts'
import { keyOf, take, type Readable, type Taken, type Wanted } from '../reader/take.ts'
import { limits } from '../wire/index.ts'

export class Message implements Readable {
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
  /** by what was wanted, where that was costly */
  #taken: Map<string, Taken> | undefined

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
    const read = this.#taken?.get(keyOf(fieldsOf(names)))
    if (read && 'bytes' in read) return parseHeader(Buffer.from(read.bytes))
    if (this.#header ?? this.#raw) return this.header
    const { verbs } = this.#client
    const all = this.#read(() => verbs.messages.header(this.summary.item, names))
    return shownHeader(all ?? parseHeader(EMPTY))
  }

  /** What SEARCH looks for in the header, decoded once for all keys. */
  get fields(): HeaderTexts {
    return (this.#fields ??= new HeaderTexts(this.header))
  }

  /** Octets of it as it is shown. */
  get size(): number {
    return this.summary.size
  }

  /** More than is taken apart while others wait. */
  get large(): boolean {
    return this.summary.size > limits.FETCH_IN_MEMORY
  }

  /** What is wanted of it, read ahead where it is large (`prepare`). Refused where a part cannot be decoded. */
  take(wanted: Wanted): Taken {
    const once = this.#taken !== undefined || wanted.take === 'decoded'
    const key = once ? keyOf(wanted) : ''
    const known = this.#taken?.get(key)
    if (known !== undefined) return known
    const taken = take(this, wanted)
    if (once) (this.#taken ??= new Map()).set(key, taken)
    return taken
  }

  /**
   * Reads ahead what is wanted of a large message, elsewhere: others do not wait for that. Undefined where there is
   * nothing to wait for. Refused when it is gone or damaged, and where it would be too much.
   */
  prepare(wanted: readonly Wanted[]): Promise<void> | undefined {
    if (!this.large) return undefined
    const { size } = this.summary
    const costly = wanted.filter((one) => !isCheap(one, size))
    if (costly.length === 0 && size <= limits.READ_AT_ONCE) return undefined
    return this.#lenient ? this.#prepareLeniently(costly) : this.#prepare(costly)
  }

  async #prepareLeniently(wanted: readonly Wanted[]): Promise<void> {
    try {
      await this.#prepare(wanted)
    } catch (error) {
      if (!(error instanceof Refused && (error.kind === 'damaged' || error.kind === 'not-found')))
        throw error
      this.#taken = new Map(wanted.map((one) => [keyOf(one), { bytes: EMPTY }]))
    }
  }

  async #prepare(wanted: readonly Wanted[]): Promise<void> {
    const { verbs, readers, turn } = this.#client
    const { item, size } = this.summary
    // Pieces of it are read in the loop: whether it is whole is known by then.
    if (size > limits.READ_AT_ONCE) await verbs.messages.check(item, turn)
    if (wanted.length === 0) return
    const most = limits.FETCH_SPARE + limits.FETCH_TIMES * size
    const answer = await readers.run(turn, () => {
      const { source, transfer } = sourceOf(verbs.messages.unchecked(item))
      return { ask: { job: 'take', source, wanted, most }, transfer }
    })
    if (!('taken' in answer)) throw new Error('a thread answered something else')
    // Damaged, which is told by who reads it here.
    if (answer.taken)
      this.#taken = new Map(wanted.map((one, i) => [keyOf(one), answer.taken?.[i] ?? null]))
  }

  get root(): Part {
    return (this.#root ??= parseStructure(this.raw))
  }

  #read<T>(read: () => T): T | null {
    return this.#lenient ? unlessDamaged(read) : read()
  }
}

/** What `headerOf` is prepared by. */
export const fieldsOf = (names: readonly string[]): Wanted => ({
  take: 'section',
  section: { path: [], text: 'HEADER.FIELDS', fields: names },
})

/** Does it take no longer than a message that is not large? */
function isCheap(wanted: Wanted, size: number): boolean {
  if (wanted.take !== 'section' || wanted.bytes || wanted.section.path.length > 0) return false
  // A header may be all of a message.
  return wanted.section.text === '' || size <= limits.READ_AT_ONCE
}

const EMPTY = Buffer.alloc(0)
