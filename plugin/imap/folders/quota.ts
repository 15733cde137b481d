// Quota (RFC 9208): the space that the mail of a login's scope takes, of what it may take.
import type { Client } from '../client.ts'

const KIB = 1024

/** One root for all folders of a login: its scope. */
export function rootOf({ verbs }: Client): string {
  return verbs.login.scope
}

/** `* QUOTA "user@example.com" (STORAGE 120 1073741824)`, in units of 1024 octets (§5.1) */
export function writeQuota(client: Client): void {
  const { verbs, writer } = client
  const { used, limit } = verbs.folders.quota()
  writer.untagged().atom('QUOTA').astring(rootOf(client)).open()
  writer
    .atom('STORAGE')
    .number(Math.ceil(used / KIB))
    .number(Math.floor(limit / KIB))
  writer.close().crlf()
}
