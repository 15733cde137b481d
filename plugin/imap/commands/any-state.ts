// What a client may ask for at any time (RFC 9051 §6.1)
import type { ConnectionCommand } from '../command.ts'
import { logValue } from '../../text.ts'
import { parseId, parseNothing } from '../wire/index.ts'

// CAPABILITY (RFC 9051 §6.1.1)
const CAPABILITY: ConnectionCommand<void> = {
  state: 'any',
  parse: parseNothing,
  async run({ writer, capabilities }) {
    writer.untagged().atom('CAPABILITY')
    for (const name of capabilities) writer.atom(name)
    writer.crlf()
  },
}

// NOOP (RFC 9051 §6.1.2): what changed is told after every command.
const NOOP: ConnectionCommand<void> = {
  state: 'any',
  parse: parseNothing,
  async run() {},
}

/** Fields of a client worth a line of the log. */
const LOGGED = ['name', 'version', 'os', 'vendor']

// ID (RFC 2971)
const ID: ConnectionCommand<Map<string, string | null>> = {
  state: 'any',
  parse: parseId,
  async run(connection, fields) {
    const told = LOGGED.flatMap((field) => {
      const value = fields.get(field)
      return value ? [`${field}=${logValue(value)}`] : []
    })
    if (told.length > 0)
      connection.log(`imap id: rip=${connection.peer.address}, ${told.join(', ')}`)
    // No version: it would tell an attacker what to try.
    connection.writer.untagged().atom('ID').open().string('name').string('Lazaret').close().crlf()
  },
}

// LOGOUT (RFC 9051 §6.1.3)
const LOGOUT: ConnectionCommand<void> = {
  state: 'any',
  parse: parseNothing,
  async run(connection) {
    connection.session?.select(null)
    connection.writer.untagged().bye('Goodbye')
    return { after: () => connection.end() }
  },
}

export const ANY_STATE = { CAPABILITY, NOOP, ID, LOGOUT }
