// Folders as IMAP commands need them: found by name, with the rights that a login has in them.
import { Refused } from '../../errors.ts'
import type { Folder } from '../../quarantine/folders/folders.ts'
import type { Client } from '../client.ts'
import { ImapRefused } from '../wire/index.ts'

const quoted = (name: string): string => `'${name.slice(0, 100)}'`

/** The folder of this name, or Refused. */
export function needFolder({ verbs }: Client, name: string): Folder {
  const folder = verbs.folders.find(name)
  if (!folder) throw new Refused('not-found', `There is no folder ${quoted(name)} here.`)
  return folder
}

/** Target of COPY, MOVE and APPEND: TRYCREATE only where a CREATE could help (RFC 9051 §6.4.7). */
export function needTarget(client: Client, name: string): Folder {
  const { verbs } = client
  const folder = verbs.folders.find(name)
  if (folder) return folder
  const sentence = `There is no folder ${quoted(name)} here.`
  throw verbs.folders.creatable
    ? new ImapRefused('TRYCREATE', sentence)
    : new Refused('not-found', sentence)
}

/**
 * What a login may do in a folder, as letters of RFC 4314 §2.1: l lookup, r read, s keep \Seen,
 * w other flags, i put messages in, k make mailboxes below, x delete it, t mark as deleted, e expunge.
 */
export function rightsOf(folder: Folder): string {
  if (folder.ordinary) return 'lrswikxte'
  // INBOX takes nothing in; the others at least what came from them (docs/rules.md "Folders").
  return folder.id === 'inbox' ? 'lrswte' : 'lrswite'
}
