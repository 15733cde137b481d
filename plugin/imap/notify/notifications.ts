// NOTIFY (RFC 5465): what happens in folders that are not selected, told without a command. All of it
// follows from the journal; what the client itself has done is left out.
import { folderNames } from '../folders/names.ts'
import type { Client } from '../client.ts'
import { attributesFor } from '../folders/listing.ts'
import { statusOf } from '../folders/status.ts'
import { limits, parentsOf, writeList, writeStatus, type StatusItem } from '../wire/index.ts'
import { EVENT, Interest, type Wish } from './interest.ts'
import { difference, named, readNames, type NameChange, type Names } from './names.ts'
import type { Folder } from '../../quarantine/folders/folders.ts'

export class Notifications {
  readonly #client: Client
  /** Null until the client's first NOTIFY (RFC 5465 §3.1). */
  #interest: Interest | null = null
  #names: Names | null = null
  /** seq up to which the client was told */
  #seq = 0
  /** UIDs that this client changed or made, by folder, since then */
  #uids = new Map<string, Set<number>>()
  #ours = 0
  /** names of folders that this client changed since then */
  #own = new Set<string>()
  /** messages that are not \Seen, by folder, where the client knows them from us alone */
  #unseen = new Map<string, number>()
  /** names of folders that are no more: one of them may be made anew */
  #deleted = new Set<string>()

  constructor(client: Client) {
    this.#client = client
  }

  /** What the client wants to hear of its selected folder; null: what RFC 3501 says. */
  get wish(): Wish | null {
    return this.#interest?.wish ?? null
  }

  /** Is there anything to be told between commands? */
  get active(): boolean {
    return this.#interest !== null && !this.#interest.none
  }

  /** From now on these events are told and no others. */
  set(interest: Interest): void {
    const { verbs } = this.#client
    this.#interest = interest
    this.#names = interest.none ? null : readNames(this.#client)
    this.#seq = verbs.seq
    this.#unseen.clear()
    this.#deleted.clear()
    this.#forget()
  }

  /** The client's own doing, which it need not be told (RFC 5465 §5): messages of a folder. */
  caused(folder: Folder, uids: readonly number[]): void {
    if (!this.active) return
    // Of a pipeline without a pause: then it is told what it knows.
    if (this.#ours > limits.NOTIFY_OWN_MAX) this.#forget()
    this.#unseen.delete(folder.id)
    const known = this.#uids.get(folder.id) ?? new Set()
    for (const uid of uids) known.add(uid)
    this.#uids.set(folder.id, known)
    this.#ours += uids.length
  }

  /** The same: names that it created, deleted, renamed to or subscribed. */
  causedName(name: string): void {
    if (!this.active) return
    if (this.#own.size > limits.NOTIFY_OWN_MAX) this.#forget()
    this.#own.add(name.endsWith('/') ? name.slice(0, -1) : name)
  }

  isOwn(folder: Folder, uid: number): boolean {
    return this.#uids.get(folder.id)?.has(uid) ?? false
  }

  /** STATUS of all folders but the selected one of whose messages the client wants to hear. */
  async tellStatus(): Promise<void> {
    for (const folder of this.#names?.folders.values() ?? []) {
      const events = this.#eventsOf(folder)
      // RFC 5465 §3.1: HIGHESTMODSEQ goes with FlagChange, enabled or not
      if (events & EVENT.message && !this.#isSelected(folder))
        await this.#writeStatus(folder, [
          ...COUNTS,
          ...(events & EVENT.flags ? (['UNSEEN', 'HIGHESTMODSEQ'] as const) : []),
        ])
      await this.#breathe()
    }
  }

  /** Tells what happened since the last time. */
  async tell(): Promise<void> {
    if (!this.active || !this.#names) return
    const { verbs } = this.#client
    if (verbs.seq === this.#seq) return
    if (verbs.seq - this.#seq > limits.NOTIFY_BEHIND_MAX) return this.#overflow()
    const changed = new Map<string, { messages: boolean; flags: boolean }>()
    const seq = verbs.messages.eachChange(this.#seq, (id, { kind, uid }) => {
      if (this.#uids.get(id)?.has(uid)) return
      const news = changed.get(id) ?? { messages: false, flags: false }
      if (kind === 'flags') news.flags = true
      else news.messages = true
      changed.set(id, news)
    })
    if (seq === null) return this.#overflow()
    const before = this.#names
    if (verbs.folders.changed() > this.#seq) this.#names = readNames(this.#client)
    const after = this.#names
    const own = this.#own
    this.#forget()
    this.#seq = seq
    if (after !== before) await this.#tellNames(before, after, own)
    for (const [id, news] of changed) {
      const folder = after.folders.get(id as Folder['id'])
      if (folder && !this.#isSelected(folder)) await this.#tellFolder(folder, news)
      else this.#unseen.delete(id)
      await this.#breathe()
    }
  }

  /** RFC 5465 §5.8: as if NOTIFY NONE had come. */
  #overflow(): void {
    this.#client.writer
      .untagged()
      .ok('Too much has happened; ask for notifications again', 'NOTIFICATIONOVERFLOW')
    this.set(new Interest('none'))
  }

  async #tellFolder(
    folder: Folder,
    { messages, flags }: { messages: boolean; flags: boolean },
  ): Promise<void> {
    const events = this.#eventsOf(folder)
    const { enabled, verbs } = this.#client
    const modseq: StatusItem[] = enabled.has('CONDSTORE') ? ['HIGHESTMODSEQ'] : []
    const unseen: StatusItem[] = events & EVENT.flags ? ['UNSEEN'] : []
    if (messages && events & EVENT.message) {
      await this.#writeStatus(folder, [...COUNTS, ...unseen, ...modseq]) // RFC 5465 §5.2, §5.3
    } else if (flags && events & EVENT.flags) {
      // RFC 5465 §5.1: without mod-sequences there is only UNSEEN to tell, where it is another
      const same = this.#unseen.get(folder.id) === verbs.messages.status(folder).unseen
      if (modseq.length > 0 || !same)
        await this.#writeStatus(folder, ['UIDVALIDITY', ...unseen, ...modseq])
    }
  }

  async #writeStatus(folder: Folder, items: readonly StatusItem[]): Promise<void> {
    const values = await statusOf(this.#client, folder, items)
    if (typeof values.UNSEEN === 'number') this.#unseen.set(folder.id, values.UNSEEN)
    writeStatus(this.#client.writer, folder.name, values)
  }

  async #tellNames(before: Names, after: Names, own: ReadonlySet<string>): Promise<void> {
    const changes = difference(before, after)
    const all = changes.length > 0 ? folderNames(this.#client) : []
    const told = new Set<string>()
    const list = (name: string, oldName?: string): void => {
      if (told.has(name)) return
      told.add(name)
      const attributes = attributesFor(all, name)
      writeList(this.#client.writer, { attributes, mailbox: name, oldName })
    }
    const wants = (name: string, event: number): boolean =>
      ((this.#of(named(before, name)) | this.#of(named(after, name))) & event) > 0
    for (const change of changes) {
      const { kind, name } = change
      const ours = kind === 'renamed' ? [...parentsOf(name), name] : [name]
      if (ours.some((one) => own.has(one))) continue
      if (kind === 'renamed') {
        if (wants(name, EVENT.name) || wants(change.from, EVENT.name)) list(name, change.from)
      } else if (kind === 'subscription') {
        if (wants(name, EVENT.subscription)) list(name)
      } else {
        if (wants(name, EVENT.name)) list(name)
        // RFC 5465 §5.4: the folder above it is affected too, whether it exists or not
        const above = parentsOf(name).at(-1)
        if (above !== undefined && wants(above, EVENT.name)) list(above)
        await this.#tellValidity(after, change)
      }
      await this.#breathe()
    }
  }

  /** RFC 5465 §5.1: a folder that was deleted and made again has another UIDVALIDITY. */
  async #tellValidity(after: Names, { kind, name }: NameChange): Promise<void> {
    if (kind === 'deleted' && this.#deleted.size < limits.NOTIFY_OWN_MAX) this.#deleted.add(name)
    if (kind !== 'created' || !this.#deleted.delete(name)) return
    const { id } = named(after, name)
    const folder = id && after.folders.get(id)
    if (folder && this.#eventsOf(folder) & EVENT.flags) await this.#writeStatus(folder, COUNTS)
  }

  #eventsOf({ name }: Folder): number {
    return this.#names ? this.#of(named(this.#names, name)) : 0
  }

  #of(folder: Parameters<Interest['of']>[0]): number {
    return this.#interest?.of(folder) ?? 0
  }

  #isSelected(folder: Folder): boolean {
    return this.#client.selected && this.#client.view.folder.id === folder.id
  }

  #forget(): void {
    this.#uids = new Map()
    this.#own = new Set()
    this.#ours = 0
  }

  /** A client that does not read has to be waited for: what it is told stays small. */
  async #breathe(): Promise<void> {
    if (this.#client.writer.size > limits.ANSWER_PIECE) await this.#client.flush()
    else await this.#client.turn.rest()
  }
}

const COUNTS: readonly StatusItem[] = ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY']
