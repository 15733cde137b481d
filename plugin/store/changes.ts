// What an event changes in which mailbox: the journal read as a list of changes. Follows from the event
// alone (and interned keyword sets), so that any process can tell it long afterwards.
import type { Change, Scope } from '../mail.ts'
import type { Tables } from './env.ts'
import type { Entry, Event } from './events.ts'
import { internKeywords } from './keywords.ts'

/** A change of `folder` for everybody who sees items of `scope`. */
export interface BoxChange {
  scope: Scope
  folder: string
  change: Change
}

export function boxChanges(tables: Tables, event: Event, seq: number): BoxChange[] {
  switch (event.type) {
    case 'deposit':
      if (event.folder === '') return []
      return [added(tables, event.item.scope, event, seq)]
    case 'copy':
      return [added(tables, event.scope, event, seq)]
    case 'move': {
      const { scope, from, uid } = event
      return [
        { scope, folder: from, change: { kind: 'gone', seq, uid } },
        added(tables, scope, event, seq),
      ]
    }
    case 'flags':
      return event.groups.flatMap(({ scope, folder, uids, flags }) => {
        // The set was interned when the event was folded: this only looks it up.
        const keywords = internKeywords(tables, flags.keywords)
        return uids.map((uid) => ({
          scope,
          folder,
          change: { kind: 'flags' as const, seq, uid, flags: flags.system, keywords },
        }))
      })
    case 'expunge':
    case 'purge':
      return event.groups.flatMap(({ scope, folder, uids }) =>
        uids.map((uid) => ({ scope, folder, change: { kind: 'gone' as const, seq, uid } })),
      )
    default:
      return []
  }
}

function added(tables: Tables, scope: Scope, entry: Entry, seq: number): BoxChange {
  const { folder, flags, newUid = seq } = entry
  const keywords = internKeywords(tables, flags.keywords)
  return { scope, folder, change: { kind: 'add', seq, uid: newUid, flags: flags.system, keywords } }
}
