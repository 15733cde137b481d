// Names of folders and subscriptions at two times, and what happened in between (RFC 5465 §5.4, §5.5).
import type { Folder, FolderId } from '../../quarantine/folders/folders.ts'
import type { Client } from '../client.ts'
import { parentsOf } from '../wire/index.ts'
import type { Named } from './interest.ts'

export interface Names {
  readonly folders: ReadonlyMap<FolderId, Folder>
  readonly byName: ReadonlyMap<string, Named>
}

export type NameChange =
  | { readonly kind: 'created' | 'deleted' | 'subscription'; readonly name: string }
  | { readonly kind: 'renamed'; readonly name: string; readonly from: string }

export function readNames({ verbs }: Client): Names {
  const folders = new Map<FolderId, Folder>()
  const byName = new Map<string, Named>()
  for (const name of verbs.folders.subscriptions())
    byName.set(name, { id: null, name, subscribed: true })
  for (const folder of verbs.folders.all()) {
    const { id, name, ordinary } = folder
    folders.set(id, folder)
    byName.set(name, { id, name, subscribed: !ordinary || byName.has(name) })
  }
  return { folders, byName }
}

/** The name as it stands; one that is nothing has no id. */
export function named({ byName }: Names, name: string): Named {
  return byName.get(name) ?? { id: null, name, subscribed: false }
}

/** Renamed first, then deleted, then created folders, then subscriptions. */
export function difference(before: Names, after: Names): NameChange[] {
  const renamed = new Map<string, string>()
  const created: NameChange[] = []
  const deleted: NameChange[] = []
  for (const [id, { name }] of after.folders) {
    const old = before.folders.get(id)
    if (!old) created.push({ kind: 'created', name })
    else if (old.name !== name) renamed.set(old.name, name)
  }
  for (const [id, { name }] of before.folders)
    if (!after.folders.has(id)) deleted.push({ kind: 'deleted', name })
  const changes: NameChange[] = []
  for (const [from, name] of renamed)
    // RFC 5465 §5.4: what is below a renamed folder moves with it, without a word
    if (
      !parentsOf(from).some(
        (above) => renamed.get(above) === name.slice(0, above.length - from.length),
      )
    )
      changes.push({ kind: 'renamed', name, from })
  changes.push(...deleted, ...created)
  const all = new Set([...before.byName.keys(), ...after.byName.keys()])
  for (const name of all)
    if (named(before, name).subscribed !== named(after, name).subscribed)
      changes.push({ kind: 'subscription', name })
  return changes
}
