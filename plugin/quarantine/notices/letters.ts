// What the quarantine writes to people, and what of it differs from one message to another.
import type { Tier } from '../../mail.ts'
import type { FolderNames } from '../folders/folders.ts'

export interface Letter {
  subject: string
  /** Lines. */
  text: string[]
}

/** What a new account is told of. */
export interface Welcome {
  tier: Tier
  /** What it sees; `''`: everything. */
  scope: string
  /** By the names that they have here. */
  folders: FolderNames
  /** There is a Trash. */
  trash: boolean
  /** Days after which held mail expires. */
  days: number
  /** Hours for which what was deleted can be brought back. */
  hours: number
  /** Seconds for which a release waits. */
  delay: number
}

/** A delivery that failed for good. */
export interface Failure {
  /** `''`: it has none. */
  subject: string
  date: string
  /** `''`: the null sender. */
  sender: string
  recipients: readonly string[]
  /** A person released it; else it was only on its way. */
  released: boolean
  reply: string
  /** Recipients who have got it. */
  got: readonly string[]
  /** Name of the folder in which it lies now. */
  folder: string
  /** The disk no longer has what was received. */
  damaged: boolean
}

export interface Texts {
  welcome: (about: Welcome) => Letter
  failure: (about: Failure) => Letter
}
