// LIST (RFC 9051 §6.3.9) with RETURN (CHILDREN SUBSCRIBED SPECIAL-USE STATUS MYRIGHTS)
import type { Command, Session } from '../command.ts'
import { keepModseqs } from '../condstore.ts'
import { needFolder, rightsOf } from '../folders.ts'
import { listed, type Box } from '../listing.ts'
import { statusOf } from '../status.ts'
import {
  parentsOf,
  parseList,
  writeDelimiter,
  writeList,
  writeStatus,
  type List,
} from '../wire/index.ts'

/** The folders of a login as LIST knows them, then names without one: above others, or subscribed. */
export function boxesOf({ quarantine, login }: Session): Box[] {
  const folders = quarantine.folders(login)
  const names = new Set(folders.map(({ name }) => name))
  const subscribed = new Set(quarantine.subscriptions(login))
  const parents = new Set(folders.flatMap(({ name }) => parentsOf(name)))
  const only = new Set([...parents, ...subscribed].filter((name) => !names.has(name)))
  const made = folders.map((folder) => ({
    name: folder.name,
    exists: true,
    ordinary: folder.ordinary,
    specialUse: folder.specialUse,
    subscribed: quarantine.isSubscribed(login, folder),
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
  const ordinary = [...made.filter((box) => box.ordinary), ...bare]
  ordinary.sort((x, y) => (x.name < y.name ? -1 : 1))
  return [...made.filter((box) => !box.ordinary), ...ordinary]
}

/** RFC 9051 §6.3.9: an empty name asks for the delimiter. */
export function asksDelimiter({ extended, patterns }: List): boolean {
  return !extended && patterns.length === 1 && patterns[0] === ''
}

export const LIST: Command<List> = {
  state: 'authenticated',
  parse: parseList,
  async run(session, list) {
    const { writer } = session
    if (asksDelimiter(list)) return writeDelimiter(writer)
    if (list.status?.includes('HIGHESTMODSEQ')) keepModseqs(session)
    for (const { name, attributes, childInfo, exists } of listed(boxesOf(session), list)) {
      writeList(writer, { attributes, mailbox: name, childInfo })
      if (!exists || (!list.status && !list.returns.has('MYRIGHTS'))) continue
      const folder = needFolder(session, name)
      // RFC 5819 §2: STATUS follows the LIST response of its mailbox
      if (list.status) writeStatus(writer, name, statusOf(session, folder, list.status))
      if (list.returns.has('MYRIGHTS'))
        writer.untagged().atom('MYRIGHTS').mailbox(name).astring(rightsOf(folder)).crlf()
    }
  },
}
