// What formats up to 3 wrote, as format 4 has it: how long an item is kept is not written any more, but since when;
// secrets of accounts are blobs, and not in the journal.
import type { Deletion, Item, Place, PlaceKey } from '../mail.ts'
import { addRef, blobName, putBlob } from './blobs.ts'
import { decode, encode } from './codec.ts'
import type { Tables } from './env.ts'
import { ACCOUNT, secretBytes, type AccountRecord, type Secrets } from './events/account.ts'
import type { EventBody } from './events/index.ts'
import { isOrdinary } from './folders.ts'
import { deleted, lying } from './items.ts'
import { isExpiring, keywordSet } from './keywords.ts'

/** `due`: Unix time in ms after which it was to be purged; 0: never. */
export type DatedItem = Omit<Item, 'since' | 'expiring' | 'deleted'> & { due: number }
/** Its secrets stood in it. */
type OpenAccount = Omit<AccountRecord, 'secret'> & Secrets
type OldBody = { type: string }
interface Dated {
  at: number
  actor: string
}

/** Brings a journal to this format, event by event from the oldest on, and then items. */
export class Modern {
  readonly #tables: Tables
  /** Items of UIDs that are not those of their first places. */
  readonly #items = new Map<string, number>()
  readonly #deletions = new Map<number, Deletion>()

  constructor(tables: Tables) {
    this.#tables = tables
  }

  event(seq: number, { at, actor }: Dated, body: OldBody): EventBody {
    const { due: _, ...event } = body as unknown as EventBody & { due?: number }
    if (event.type === 'deposit') {
      this.#enters(event.newUid ?? seq, event.folder, seq)
      const { due: _due, ...item } = event.item as DatedItem
      return { ...event, item }
    }
    if (event.type === 'copy') this.#enters(event.newUid ?? seq, event.folder, event.item)
    if (event.type === 'move')
      this.#enters(event.newUid ?? seq, event.folder, this.#itemAt(event.uid, event.from))
    if (event.type === 'expunge')
      for (const { folder, uids } of event.groups)
        for (const uid of uids)
          this.#deletions.set(this.#itemAt(uid, folder), { at, actor, folder })
    if (event.type === 'purge') for (const id of event.items) this.#deletions.delete(id)
    if (event.type === 'account' && event.account)
      return { ...event, account: closed(event.account as unknown as OpenAccount).record }
    return event
  }

  /** Its places must be in the tables. */
  item(old: DatedItem): Item {
    const { due, ...item } = old
    const last = item.places.at(-1)
    const place = last && this.#place(last)
    if (place) {
      const expiring = isExpiring(keywordSet(this.#tables, place.keywords))
      return lying(item, item.places, place.saved, expiring)
    }
    const next = lying(item, [], item.at, false)
    const deletion = this.#deletions.get(item.id)
    if (item.kind === 'split' && !deletion) return next
    // Where the journal does not reach back to it, it stays longer rather than shorter.
    return deleted(next, deletion ?? { at: due, actor: '', folder: item.home })
  }

  /** Accounts as they stood in the views. */
  account(name: string, bytes: Uint8Array): void {
    const { record, secret } = closed(decode<OpenAccount>(bytes))
    putBlob(this.#tables, record.secret, secret)
    addRef(this.#tables, [record.secret, ACCOUNT, 0])
    this.#tables.accounts.put(name, encode(record))
  }

  #place([uid, folder]: PlaceKey): Omit<Place, 'uid' | 'folder'> | null {
    const bytes = this.#tables.items.get([uid, folder])
    return bytes ? decode<Omit<Place, 'uid' | 'folder'>>(bytes) : null
  }

  #enters(uid: number, folder: string, item: number): void {
    if (folder !== '' && (uid !== item || isOrdinary(folder)))
      this.#items.set(nameOf(uid, folder), item)
  }

  #itemAt(uid: number, folder: string): number {
    return this.#items.get(nameOf(uid, folder)) ?? uid
  }
}

/** UIDs of the quarantine are its own in all of its folders. */
const nameOf = (uid: number, folder: string): string =>
  isOrdinary(folder) ? `${uid} ${folder}` : String(uid)

function closed({ tier, password, scram, created }: OpenAccount): {
  record: AccountRecord
  secret: Buffer
} {
  const secret = secretBytes({ password, scram })
  return { record: { tier, secret: blobName(secret), created }, secret }
}
