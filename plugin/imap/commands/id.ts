// ID (RFC 2971)
import type { Command } from '../command.ts'
import { logValue } from '../connection/log.ts'
import { parseId } from '../wire/index.ts'

/** Fields of a client worth a line of the log. */
const LOGGED = ['name', 'version', 'os', 'vendor']

export const ID: Command<Map<string, string | null>> = {
  state: 'any',
  parse: parseId,
  async run(session, fields) {
    const told = LOGGED.flatMap((field) => {
      const value = fields.get(field)
      return value ? [`${field}=${logValue(value)}`] : []
    })
    if (told.length > 0) session.log(`imap id: rip=${session.peer.address}, ${told.join(', ')}`)
    // No version: it would tell an attacker what to try.
    session.writer.untagged().atom('ID').open().string('name').string('Lazaret').close().crlf()
  },
}
