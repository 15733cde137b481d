// The keywords that the junk buttons of mail clients set: Thunderbird `Junk` and `NonJunk`, others the registered `$Junk`
// and `$NotJunk` (RFC 9051 §2.3.2). `NotJunk` alone is none of them: Apple Mail sets it with `$NotJunk`, also on what it is
// about to delete.
import type { FlagSet, Label } from '../../mail.ts'
import { Refused } from '../../errors.ts'
import type { FlagChange } from './flags.ts'
import type { FolderId } from './folders.ts'

const LABELS: ReadonlyMap<string, Label> = new Map([
  ['$junk', 'spam'],
  ['junk', 'spam'],
  ['$notjunk', 'ham'],
  ['nonjunk', 'ham'],
])

const labelOf = (word: string): Label | undefined => LABELS.get(word.toLowerCase())

/** Folders in which the keywords are lessons. Elsewhere the folder says what a message is. */
const FOLDERS: ReadonlySet<string> = new Set(['caught', 'outgoing', 'requested'])

/** What a change of keywords says that a message is; `undo`: it is no longer said. Null: nothing. */
export type Said = Label | { undo: ReadonlySet<Label> } | null

/**
 * What a STORE says, and what the message carries then: of two that contradict each other the last one stays.
 * @throws Refused where both are set at once.
 */
export function junkSaid(
  folder: FolderId,
  { mode, flags }: FlagChange,
  before: FlagSet,
  after: FlagSet,
): { said: Said; after: FlagSet } {
  if (!FOLDERS.has(folder)) return { said: null, after }
  const had = lowerCase(before)
  // A word that is set once more is said once more; one that a replaced set goes on with is not.
  const added = flags.keywords.filter((word) => mode === 'add' || !had.has(word.toLowerCase()))
  const labels = mode === 'remove' ? new Set<Label>() : labelsOf(added)
  if (labels.size > 1)
    throw new Refused(
      'invalid',
      'A message cannot be junk and not junk at once: set one of $Junk and $NotJunk.',
    )
  const [label] = labels
  if (label) return { said: label, after: agreeing(after, label) }
  const has = lowerCase(after)
  const gone = labelsOf(before.keywords.filter((word) => !has.has(word.toLowerCase())))
  if (gone.size === 0) return { said: null, after }
  const [rest, ...others] = labelsOf(after.keywords)
  if (rest && others.length === 0) return { said: rest, after }
  return { said: rest ? null : { undo: gone }, after }
}

/** Whether the lesson of a deleted message was only Apple Mail's way to delete it. */
export function isAppleDeleting(folder: string, flags: FlagSet): boolean {
  return FOLDERS.has(folder) && lowerCase(flags).has('notjunk')
}

/** Flags without the keywords that say another thing than `label`; null: without all of them. */
export function agreeing({ system, keywords }: FlagSet, label: Label | null): FlagSet {
  return { system, keywords: keywords.filter((word) => (labelOf(word) ?? label) === label) }
}

function labelsOf(words: readonly string[]): Set<Label> {
  return new Set(words.flatMap((word) => labelOf(word) ?? []))
}

function lowerCase({ keywords }: FlagSet): Set<string> {
  return new Set(keywords.map((word) => word.toLowerCase()))
}
