// Quota (RFC 9208): the space that the mail of a login's scope takes, of what the database may take.
import type { Client } from '../client.ts'

const KIB_PER_GB = 2 ** 20

/** One root for all folders of a login: its scope. */
export function rootOf({ verbs }: Client): string {
  return verbs.login.scope
}

/** `* QUOTA "user@example.com" (STORAGE 120 1073741824)`, in units of 1024 octets (§5.1) */
export function writeQuota(client: Client): void {
  const { verbs, writer } = client
  let octets = 0
  for (const folder of verbs.folders.all()) octets += verbs.messages.status(folder).size
  writer.untagged().atom('QUOTA').astring(rootOf(client)).open()
  writer.atom('STORAGE').number(Math.ceil(octets / 1024))
  writer.number(verbs.config.main.map_size_gb * KIB_PER_GB)
  writer.close().crlf()
}
