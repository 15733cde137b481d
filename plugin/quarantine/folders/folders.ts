// The folders of the quarantine: ids, names, special uses, and the names that other systems gave them.
import { CONFIG, type Config } from '../../config.ts'
import type { Item, ItemKind } from '../../mail.ts'

/** Ids are for ever, names are configuration. Those of the test switch are `box-<seq>`. */
export type FolderId =
  | 'inbox'
  | 'caught'
  | 'outgoing'
  | 'requested'
  | 'release-train'
  | 'release'
  | 'not-spam'
  | 'spam'
  | 'trash'
  | `box-${number}`

export interface Folder {
  id: FolderId
  name: string
  /** RFC 6154 attribute, such as `\\Junk`, or null. */
  specialUse: string | null
  /** Of the test switch: it means nothing to drop a message there, and it can be renamed and deleted. */
  ordinary: boolean
  uidValidity: number
  /** Opaque and stable (RFC 8474 MAILBOXID). */
  mailboxId: string
}

/** What the folders besides INBOX are called. */
export type FolderNames = Config['folders']

/** Unless they are configured otherwise. */
export const NAMES: FolderNames = Object.freeze({
  caught: CONFIG.folders.caught.default,
  outgoing: CONFIG.folders.outgoing.default,
  requested: CONFIG.folders.requested.default,
  release_train: CONFIG.folders.release_train.default,
  release: CONFIG.folders.release.default,
  not_spam: CONFIG.folders.not_spam.default,
  spam: CONFIG.folders.spam.default,
  trash: CONFIG.folders.trash.default,
})

/** Folders where dropping acts, and therefore where an item is never at home. */
export const ACTION_FOLDERS: readonly FolderId[] = ['release-train', 'release', 'not-spam', 'spam']

/** Names that clients of older systems use. */
const ALIASES: Record<string, FolderId> = {
  'release and train': 'release-train',
  'release and train/not spam': 'not-spam',
}

/** The fixed folders, in the order in which they are listed. UIDVALIDITY is that of the data set. */
export function folders(config: Config, uidValidity: number): Folder[] {
  const { folders: names, imap } = config
  const fixed: [FolderId, string, string | null][] = [
    ['inbox', 'INBOX', null],
    ['caught', names.caught, null],
    ['outgoing', names.outgoing, null],
    ['requested', names.requested, null],
    ['release-train', names.release_train, null],
    ['release', names.release, null],
    ['not-spam', names.not_spam, null],
    // \Junk is where the junk button of a client moves to: it shall report spam.
    ['spam', names.spam, '\\Junk'],
  ]
  if (imap.trash) fixed.push(['trash', names.trash, '\\Trash'])
  return fixed.map(([id, name, specialUse]) => ({
    id,
    name,
    specialUse,
    ordinary: false,
    uidValidity,
    mailboxId: `F${id}`,
  }))
}

/** The folder of this name. INBOX compares without case (RFC 9051 §5.1), as do the aliases. */
export function findFolder(all: readonly Folder[], name: string): Folder | null {
  const lower = name.toLowerCase()
  const exact = all.find((folder) => folder.name === name)
  if (exact) return exact
  if (lower === 'inbox') return all.find((folder) => folder.id === 'inbox') ?? null
  const id = Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : null
  return all.find((folder) => folder.id === id) ?? null
}

/** Where an item of this kind is at home. */
export function homeOf(kind: ItemKind, direction: 'in' | 'out'): FolderId {
  if (kind === 'copy') return 'requested'
  if (kind === 'notice') return 'inbox'
  return direction === 'out' ? 'outgoing' : 'caught'
}

/** Where an undo brings an item back: that of a split message is where it comes back to when its delivery fails. */
export function homeOfItem({
  kind,
  direction,
  home,
}: Pick<Item, 'kind' | 'direction' | 'home'>): FolderId {
  return home === '' ? homeOf(kind, direction) : (home as FolderId)
}
