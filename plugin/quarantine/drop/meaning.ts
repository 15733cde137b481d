// What dropping a message into a folder means: one pure table. The verbs only carry it out.
import type { Item, Label } from '../../mail.ts'
import { Refused } from '../../errors.ts'
import { isOrdinary } from '../../store/folders.ts'
import { homeOfItem, NAMES, type FolderId, type FolderNames } from '../folders/folders.ts'

/**
 * `act`: the message shall count as `label` (null: as nothing) and shall be released or not;
 * `undo`: back home, nothing learned, an unsent release cancelled; `file`: put away, no meaning.
 */
export type Meaning =
  | { does: 'act'; label: Label | null; release: boolean }
  | { does: 'undo' }
  | { does: 'file' }
  | { does: 'refuse'; why: string }

const ACTS: Partial<Record<FolderId, Meaning>> = {
  'release-train': { does: 'act', label: 'ham', release: true },
  release: { does: 'act', label: null, release: true },
  'not-spam': { does: 'act', label: 'ham', release: false },
  spam: { does: 'act', label: 'spam', release: false },
}

const refuse = (why: string): Meaning => ({ does: 'refuse', why })

/** Who drops into INBOX wants to have the message: it says which folder does that. */
const notInbox = ({ release, release_train, not_spam, spam, caught }: FolderNames): string =>
  `INBOX holds messages of the quarantine itself, so nothing can be put there. To have a message delivered, put it into "${release}", ` +
  `or into "${release_train}" if the filter shall learn from it too; "${not_spam}" and "${spam}" only teach the filter, and "${caught}" takes that back.`

/** The meaning of a drop from `from` (null: from outside, by APPEND) into `to`. */
export function meaning(from: FolderId | null, to: FolderId, names: FolderNames = NAMES): Meaning {
  if (to === 'inbox') return refuse(notInbox(names))
  if (from === to) return refuse('The message is in this folder already.')
  if (from === 'inbox' && to !== 'trash' && !isOrdinary(to))
    return refuse('This message is from the quarantine itself; it can only be read and deleted.')
  const act = ACTS[to]
  if (act) return act
  if (to === 'trash' || isOrdinary(to)) return { does: 'file' }
  // What is left are the folders that messages are caught in.
  return { does: 'undo' }
}

/**
 * The meaning for one item: a folder acts only on what it can act on. Throws Refused with a sentence
 * for people.
 */
export function meaningFor(
  item: Item,
  from: FolderId | null,
  to: FolderId,
  names: FolderNames = NAMES,
): Meaning {
  const means = meaning(from, to, names)
  if (means.does === 'refuse') throw new Refused('impossible', means.why)
  if (means.does === 'act' && means.release) {
    if (item.kind === 'copy')
      throw new Refused(
        'impossible',
        'This message was delivered already, so it cannot be released; drop it into Not Spam or Spam to train.',
      )
    // A split message has a recipient, too: people have it when its delivery failed.
    if (item.kind !== 'held' && item.kind !== 'split')
      throw new Refused(
        'impossible',
        'This message was not caught here, so there is nobody to release it to.',
      )
  }
  if (means.does === 'undo' && homeOfItem(item) !== to)
    throw new Refused(
      'impossible',
      'Only messages that were caught in this folder can be put back into it.',
    )
  return means
}
