// What an event changes in which mailbox: the journal read as a list of changes. Follows from the event
// alone (and interned keyword sets), so that any process can tell it long afterwards.
import type { Change, Scope } from '../mail.ts'
import type { Tables } from './env.ts'
import type { Event } from './events.ts'
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
      return [added(tables, event.item.scope, event.folder, event.flags, seq)]
    case 'copy':
      return [added(tables, event.scope, event.folder, event.flags, seq)]
    case 'move': {
      const { scope, from, folder, uid } = event
      const { system, keywords } = event.flags
      return [
        { scope, folder: from, change: { kind: 'gone', seq, uid } },
        added(tables, scope, folder, { system, keywords }, seq),
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

function added(
  tables: Tables,
  scope: Scope,
  folder: string,
  flags: { system: number; keywords: readonly string[] },
  seq: number,
): BoxChange {
  const keywords = internKeywords(tables, flags.keywords)
  return { scope, folder, change: { kind: 'add', seq, uid: seq, flags: flags.system, keywords } }
}

/** Does somebody with `eyes` see items of `scope`? */
export function sees(eyes: Scope, scope: Scope): boolean {
  return eyes === '' || eyes === scope || (!eyes.includes('@') && scope.endsWith(`@${eyes}`))
}
