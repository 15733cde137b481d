// One message while it is fetched or searched: what is known of it, read when the first item asks for it.
import { type Header, parseHeader } from '../../mime/headers.ts'
import { type Part, parseStructure } from '../../mime/structure.ts'
import type { Summary } from '../../quarantine/folders/summary.ts'
import type { Session } from '../command.ts'

export class Message {
  readonly index: number
  readonly uid: number
  /** Its FLAGS are told although nobody asked: this command made it \Seen. */
  readonly changed: boolean
  readonly #session: Session
  #summary: Summary | null = null
  #raw: Buffer | undefined
  #header: Header | undefined
  #root: Part | undefined
  #lower: string | undefined

  constructor(session: Session, index: number, changed = false) {
    this.#session = session
    this.index = index
    this.uid = session.view.uidAt(index)
    this.changed = changed
  }

  /** False when it was removed meanwhile, and only its flags are known. */
  get there(): boolean {
    const { quarantine, login, view } = this.#session
    this.#summary ??= quarantine.summaryAt(login, view.folder, this.uid)
    return this.#summary !== null
  }

  get summary(): Summary {
    if (!this.there || !this.#summary) throw new Error(`message ${this.uid} is gone`)
    return this.#summary
  }

  /** Unix time in ms at which it came into the folder, or null. */
  get saved(): number | null {
    return this.#session.quarantine.savedAt(this.#session.view.folder, this.uid)
  }

  get raw(): Buffer {
    const { item, blob } = this.summary
    return (this.#raw ??= this.#session.quarantine.raw({ id: item, blob }))
  }

  /** The message's own header, much cheaper than `root`, and than `raw` where the message is large. */
  get header(): Header {
    if (this.#header) return this.#header
    if (this.#raw) return (this.#header = parseHeader(this.#raw))
    const { item, blob } = this.summary
    return (this.#header = this.#session.quarantine.headerOf({ id: item, blob }))
  }

  /** All of it in lower case, one char a byte. */
  get lower(): string {
    return (this.#lower ??= this.raw.toString('latin1').toLowerCase())
  }

  get root(): Part {
    return (this.#root ??= parseStructure(this.raw))
  }
}
