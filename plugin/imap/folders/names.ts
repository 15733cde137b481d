// The folders of a login as lists show them.
import type { Client } from '../client.ts'
import type { FolderName } from './listing.ts'
import { parentsOf } from '../wire/index.ts'

/** The folders of a login as LIST knows them, then names without one: above others, or subscribed. */
export function folderNames({ verbs }: Client): FolderName[] {
  const folders = verbs.folders.all()
  const names = new Set(folders.map(({ name }) => name))
  const subscribed = new Set(verbs.folders.subscriptions())
  const parents = new Set(folders.flatMap(({ name }) => parentsOf(name)))
  const only = new Set([...parents, ...subscribed].filter((name) => !names.has(name)))
  const made = folders.map((folder) => ({
    name: folder.name,
    exists: true,
    ordinary: folder.ordinary,
    specialUse: folder.specialUse,
    subscribed: verbs.folders.isSubscribed(folder),
  }))
  const bare = [...only].map((name) => ({
    name,
    exists: false,
    ordinary: true,
    parent: parents.has(name),
    specialUse: null,
    subscribed: subscribed.has(name),
  }))
  // The folders of the quarantine in their order, then the rest by name: parents before children.
  const ordinary = [...made.filter((one) => one.ordinary), ...bare]
  ordinary.sort((x, y) => (x.name < y.name ? -1 : 1))
  return [...made.filter((one) => !one.ordinary), ...ordinary]
}
