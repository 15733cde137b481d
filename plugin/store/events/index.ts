// The events of the journal. Self-contained, versioned, serialisable: another journal (a replicated
// log) may carry them to another machine, which folds them into its own views. What a kind of event
// means stands in its own file; here is the map of all of them.
import { account, type Account } from './account.ts'
import { alias, type Alias } from './alias.ts'
import { ceiling, type Ceiling } from './ceiling.ts'
import { copy, type Copy } from './copy.ts'
import { create, type Create } from './create.ts'
import { deposit, type Deposit } from './deposit.ts'
import { digest, type Digest } from './digest.ts'
import { draft, type Draft } from './draft.ts'
import { expunge, type Expunge } from './expunge.ts'
import { flags, type Flags } from './flags.ts'
import { folder, type Folder } from './folder.ts'
import { imported, type Import } from './import.ts'
import { keywords, type Keywords } from './keywords.ts'
import type { Kind, Stamp } from './kind.ts'
import { lesson, type Lesson } from './lesson.ts'
import { masks, type Masks } from './masks.ts'
import { move, type Move } from './move.ts'
import { purge, type Purge } from './purge.ts'
import { redate, type Redate } from './redate.ts'
import { release, type Release } from './release.ts'
import { report, type Report } from './report.ts'
import { restored, type Restored } from './restored.ts'
import { setting, type Setting } from './setting.ts'
import { snapshot, type Snapshot } from './snapshot.ts'
import { standing, type Standing } from './standing.ts'
import { subscription, type Subscription } from './subscription.ts'
import { token, type Token } from './token.ts'

export {
  appSecretsOf,
  factorOf,
  getAccount,
  secretBytes,
  secretsOf,
  type AccountRecord,
  type AppRecord,
  type Secrets,
} from './account.ts'
export { aliasesOf, allAliases, getAlias } from './alias.ts'
export { getToken, tokensOf, type TokenRecord, type TokenScope } from './token.ts'
export type { NewItem } from './deposit.ts'
export {
  EVENT_VERSION,
  TOPICS,
  stampOf,
  timeOf,
  whoOf,
  type Entering,
  type FolderChange,
  type PlaceGroup,
  type Stamp,
  type Topic,
  type Who,
} from './kind.ts'

export type EventBody =
  | Account
  | Alias
  | Ceiling
  | Copy
  | Create
  | Deposit
  | Digest
  | Draft
  | Expunge
  | Flags
  | Folder
  | Import
  | Keywords
  | Lesson
  | Masks
  | Move
  | Purge
  | Redate
  | Release
  | Report
  | Restored
  | Setting
  | Snapshot
  | Standing
  | Subscription
  | Token

export type Event = Stamp & EventBody

/** Every kind of event. The compiler tells what a new one lacks. */
const KINDS: { [T in EventBody['type']]: Kind<Extract<EventBody, { type: T }>> } = {
  account,
  alias,
  ceiling,
  copy,
  create,
  deposit,
  digest,
  draft,
  expunge,
  flags,
  folder,
  import: imported,
  keywords,
  lesson,
  masks,
  move,
  purge,
  redate,
  release,
  report,
  restored,
  setting,
  snapshot,
  standing,
  subscription,
  token,
}

export const KIND_NAMES = Object.keys(KINDS) as EventBody['type'][]

/** What the store knows of this kind of event; `seq` is for the message of the error. */
export function kindOf<T extends EventBody>({ type }: T, seq: number): Kind<T> {
  // A journal written by a later version may hold events that this one does not know.
  if (!Object.hasOwn(KINDS, type))
    throw new Error(`event ${seq}: unknown event '${type}'; use the version that wrote it`)
  return KINDS[type] as unknown as Kind<T>
}
