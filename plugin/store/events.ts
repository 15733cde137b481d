// The events of the journal. Self-contained, versioned, serialisable: another journal (a replicated
// log) may carry them to another machine, which folds them into its own views.
import type { FlagSet, Item, Label, ListKind, ReleaseState, Scope, Tier } from '../mail.ts'

export const EVENT_VERSION = 1

/** Fields of every event. `at`: Unix time in ms; `actor`: the account, or `smtp`, `cli`, `system`. */
export interface Stamp {
  v: typeof EVENT_VERSION
  at: number
  actor: string
}

/** What a new item is made of; id, trained, release and places come from the fold. */
export type NewItem = Omit<Item, 'id' | 'trained' | 'release' | 'places'>

/** Places of one folder and one item scope: tells whose mailboxes an event changes without a look-up. */
export interface PlaceGroup {
  scope: Scope
  folder: string
  uids: number[]
}

/** An item enters `folder` with `flags`. */
export interface Entry {
  folder: string
  flags: FlagSet
  /** UID of its new place: given where the mailbox counts its own, else the seq of the event. */
  newUid?: number
}

export type EventBody =
  /** The data set begins; always seq 1. `secret`: 32 random bytes that sign released messages. */
  | { type: 'create'; uidValidity: number; secret: Uint8Array }
  /** A new item and its first place in `folder` (`''`: none, for a split item). */
  | ({ type: 'deposit'; item: NewItem } & Entry)
  /** One more place of an item (COPY, or a recognised APPEND). `due`: the item's new purge time. */
  | ({ type: 'copy'; item: number; scope: Scope; due: number } & Entry)
  /** The place `uid` leaves `from` and enters `folder`. */
  | ({ type: 'move'; uid: number; scope: Scope; from: string; due: number } & Entry)
  /** New absolute flags of places, grouped. */
  | { type: 'flags'; groups: (PlaceGroup & { flags: FlagSet })[] }
  /** Places vanish. Items left without a place are purged after `due`. */
  | { type: 'expunge'; groups: PlaceGroup[]; due: number }
  /** Items are gone for good, and `groups` are the places they still had. */
  | { type: 'purge'; items: number[]; groups: PlaceGroup[] }
  | {
      type: 'release'
      item: number
      state: ReleaseState
      token: string
      worker: string
      reply: string
    }
  /**
   * The vote of one item about its message, and what it changes in the model: `unlearn` takes an
   * earlier lesson's change back, `learn` adds one. Both as encoded by filter/kernel.ts; null where
   * the vote changes nothing. `label` is what the message counts as from now on.
   */
  | {
      type: 'lesson'
      blob: string
      /** Voting item, or 0 for a lesson from outside the quarantine (CLI, base training). */
      item: number
      vote: Label | null
      label: Label | null
      unlearn: Uint8Array | null
      learn: Uint8Array | null
    }
  /**
   * The model as of all earlier events, kept as blob `blob` (`''`: it knows nothing); earlier lessons
   * need no replay. `fresh`: it is another model, and what was taught before is forgotten.
   */
  | { type: 'snapshot'; blob: string; ham: number; spam: number; prior: boolean; fresh?: boolean }
  | { type: 'account'; name: string; account: AccountRecord | null }
  | { type: 'setting'; scope: Scope; key: string; value: string | null }
  | { type: 'masks'; scope: Scope; list: ListKind; add: string[]; remove: string[] }
  /** Ordinary mailboxes of the super-admin (test switch). `id` names the folder for ever. */
  | { type: 'mailbox'; id: string; name: string | null; uidValidity: number }
  /** Subscriptions that differ from "everything is subscribed". */
  | { type: 'subscription'; account: string; name: string; subscribed: boolean }

export type Event = Stamp & EventBody

/**
 * What every process has to hear of: what changes the filter, and what is to be sent. Few among many
 * arrivals, so they have an index of their own.
 */
export const FOLLOWED: ReadonlySet<EventBody['type']> = new Set<EventBody['type']>([
  'lesson',
  'snapshot',
  'masks',
  'setting',
  'release',
])

export interface AccountRecord {
  tier: Tier
  /** `scrypt$N$r$p$salt$hash`, base64 parts (RFC 7914). */
  password: string
  /** `SCRAM-SHA-256$iterations$salt$storedKey$serverKey`, base64 parts (RFC 5803), or `''`. */
  scram: string
  created: number
}
